#include "exporters/rrd/options.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "core/quantity.h"
#include "exporters/rrd/daemon.h"

namespace virtscope::exporters::rrd {
namespace {

using std::chrono::seconds;

constexpr seconds shortest_keep{86400};  // rrdcached may hold values for hours before a file is written
constexpr seconds longest_step{86400};

const std::map<std::string, Naming>& namings() {
    static const std::map<std::string, Naming> all{
        {"none", Naming::none}, {"name", Naming::name}, {"uuid", Naming::uuid}, {"hostname", Naming::hostname}};
    return all;
}

Result<seconds> seconds_of(const char* option, const std::string& text, seconds least) {
    const auto duration = parse_duration(text);
    if (!duration) return fail(ErrorKind::malformed, "{} {}", option, duration.error().message);
    const auto whole = std::chrono::floor<seconds>(*duration);
    if (whole != *duration) return fail(ErrorKind::malformed, "{} {}: must be whole seconds", option, text);
    if (whole < least) return fail(ErrorKind::malformed, "{} {}: must be at least {} s", option, text, least.count());
    return whole;
}

// "30d": parse_duration ends with hours.
Result<seconds> days_of(const std::string& text) {
    if (!text.ends_with('d')) return seconds_of("--keep-gone", text, shortest_keep);
    const auto hours = seconds_of("--keep-gone", text.substr(0, text.size() - 1) + "h", seconds(3600));
    if (!hours) return fail(ErrorKind::malformed, "--keep-gone {}: must be as 30d, at least 1d", text);
    return *hours * 24;
}

Result<> take_times(const Words& words, Options& options) {
    const auto step = seconds_of("--step", words.step, seconds(1));
    if (!step) return std::unexpected(step.error());
    if (*step > longest_step) return fail(ErrorKind::malformed, "--step {}: must be at most 24h", words.step);
    options.step = *step;
    options.heartbeat = 2 * *step;
    if (!words.heartbeat.empty()) {
        const auto heartbeat = seconds_of("--heartbeat", words.heartbeat, 2 * *step);
        if (!heartbeat) return std::unexpected(heartbeat.error());
        options.heartbeat = *heartbeat;
    }
    if (words.keep_gone.empty()) return {};
    const auto keep = days_of(words.keep_gone);
    if (!keep) return std::unexpected(keep.error());
    options.keep_gone = *keep;
    return {};
}

}  // namespace

void declare_layout(CLI::App& app, Words& words) {
    app.add_option("--layout", words.layout,
                   "Folders and files: collectd, as its virt plugin has them, or native, by UUID (default: collectd)")
        ->check(CLI::IsMember({"native", "collectd"}));
    app.add_option("--hostname-format", words.host_format,
                   "collectd's HostnameFormat, the first folder: name, uuid or hostname (default: name)")
        ->check(CLI::IsMember({"name", "uuid", "hostname"}));
    app.add_option("--plugin-instance-format", words.instance_format,
                   "collectd's PluginInstanceFormat, behind virt-: none, name or uuid (default: none)")
        ->check(CLI::IsMember({"none", "name", "uuid"}));
}

void declare(CLI::App& app, Words& words) {
    app.add_option("--dir", words.folder, "The folder of all RRDs; made if it is not there")
        ->required()
        ->type_name("DIR");
    app.add_option("--rrdcached", words.daemon,
                   "rrdcached's unix socket, as unix:/run/rrdcached.sock; without it files are written directly")
        ->envname("RRDCACHED_ADDRESS")
        ->type_name("ADDRESS");
    declare_layout(app, words);
    app.add_option("--archives", words.archives,
                   "What new files remember: collectd (hour to year; AVERAGE, MIN, MAX) or compact (default: collectd, "
                   "with the native layout compact)")
        ->check(CLI::IsMember({"collectd", "compact"}));
    app.add_option("--step", words.step, "Time between two values, of new files as well (default: 10s)");
    app.add_option("--heartbeat", words.heartbeat, "After that without a value it is unknown (default: two steps)");
    app.add_option("--keep-gone", words.keep_gone,
                   "Remove files that nothing was written to for that long, as 30d (default: keep them)");
    app.add_option("--position", words.position, "Where to remember how far it came (default: DIR/.virtscope-position)")
        ->type_name("FILE");
    app.footer(
        "Each value is of a whole step and has the step's end as its time, the same whenever it is written: after an "
        "outage of rrdcached or of the exporter it goes on where it was, as far back as the ring reaches. What is not "
        "known is U.\n\nExit codes: 0 told to stop, or the recording is at its end; 1 failed later; 2 wrong arguments; "
        "3 not a ring; 4 the folder cannot be written, a file in it has another step, or it was begun with another "
        "layout.\n\nExamples:\n"
        "  virtscope-export rrd --dir /var/lib/virtscope-rrd --layout native\n"
        "  virtscope-export rrd --dir /var/lib/collectd/rrd --rrdcached unix:/run/rrdcached.sock");
}

Result<LayoutOptions> layout_of(const Words& words) {
    const bool formats = !words.host_format.empty() || !words.instance_format.empty();
    if (words.layout == "native" && formats)
        return fail(ErrorKind::malformed, "{}: the native layout goes by UUID: leave it out, or give --layout collectd",
                    words.host_format.empty() ? "--plugin-instance-format" : "--hostname-format");
    LayoutOptions layout{.collectd = words.layout == "collectd"};
    if (!words.host_format.empty()) layout.host = namings().at(words.host_format);
    if (!words.instance_format.empty()) layout.instance = namings().at(words.instance_format);
    if (layout.host == Naming::hostname && layout.instance == Naming::none)
        return fail(ErrorKind::malformed,
                    "--hostname-format hostname: all guests would have the same files: give --plugin-instance-format "
                    "name or uuid as well");
    return layout;
}

std::string words_of(const LayoutOptions& layout) {
    if (!layout.collectd) return "--layout native";
    const auto name_of = [](Naming naming) {
        return std::ranges::find(namings(), naming, &std::pair<const std::string, Naming>::second)->first;
    };
    return fmt::format("--layout collectd --hostname-format {} --plugin-instance-format {}", name_of(layout.host),
                       name_of(layout.instance));
}

Result<Options> options_of(const Words& words) {
    Options options;
    if (auto times = take_times(words, options); !times) return std::unexpected(times.error());
    const auto layout = layout_of(words);
    if (!layout) return std::unexpected(layout.error());
    options.layout = *layout;
    if (!words.daemon.empty()) {
        if (auto daemon = Daemon::at(words.daemon); !daemon)
            return fail(ErrorKind::malformed, "--rrdcached {}", daemon.error().message);
    }
    options.daemon = words.daemon;
    const bool compact = words.archives.empty() ? !layout->collectd : words.archives == "compact";
    options.archives = compact ? Archives::compact : Archives::collectd;
    options.folder = std::filesystem::absolute(words.folder).lexically_normal().string();
    while (options.folder.size() > 1 && options.folder.ends_with('/')) options.folder.pop_back();
    options.position = words.position.empty() ? options.folder + "/.virtscope-position" : words.position;
    return options;
}

}  // namespace virtscope::exporters::rrd

#include "exporters/collectd/exec.h"

#include <array>
#include <charconv>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>

#include <fmt/format.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/text.h"
#include "exporters/base/complain.h"
#include "exporters/base/exit_codes.h"
#include "exporters/base/signals.h"
#include "exporters/collectd/feed.h"
#include "exporters/collectd/line_sink.h"

namespace virtscope::exporters::collectd {
namespace {

struct Given {
    std::map<std::string_view, std::vector<std::string>> values;  // by the option's key
};

// "HostnameFormat": "--hostname-format".
std::string flag_of(std::string_view key) {
    std::string flag = "-";
    for (const char c : key) {
        const bool upper = c >= 'A' && c <= 'Z';
        if (upper) flag += '-';
        flag += upper ? static_cast<char>(c - 'A' + 'a') : c;
    }
    // NS and XPath are one word each.
    if (flag.ends_with("-n-s")) flag.replace(flag.size() - 4, 4, "-ns");
    if (flag.ends_with("-x-path")) flag.replace(flag.size() - 7, 7, "-xpath");
    return flag;
}

std::optional<std::string> environment(const char* name) {
    const char* const value = std::getenv(name);
    return value != nullptr && *value != '\0' ? std::optional<std::string>(value) : std::nullopt;
}

std::string hostname() {
    if (auto told = environment("COLLECTD_HOSTNAME")) return *told;
    std::array<char, 256> name{};
    return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "localhost";
}

// Seconds, as collectd prints them: "10.000".
Result<std::chrono::nanoseconds> interval() {
    constexpr std::chrono::seconds without_collectd(10);
    const auto told = environment("COLLECTD_INTERVAL");
    if (!told) return without_collectd;
    double seconds = 0;
    const char* const end = told->data() + told->size();
    const auto [stopped, error] = std::from_chars(told->data(), end, seconds);
    if (error != std::errc() || stopped != end || !(seconds >= 0.01 && seconds <= 86400))
        return fail(ErrorKind::malformed, "COLLECTD_INTERVAL '{}': must be seconds, 0.01 to 86400", printable(*told, 40));
    return std::chrono::nanoseconds(static_cast<std::int64_t>(seconds * 1e9));
}

Result<Options> options_of(const Given& given, const std::string& ring) {
    Options options;
    for (const Option& option : all_options()) {
        const auto found = given.values.find(option.key);
        if (found == given.values.end()) continue;
        for (const std::string& value : found->second) {
            const auto set = option.set(options, value);
            if (!set) return fail(set.error().kind, "{} {}", flag_of(option.key), set.error().message);
            if (!set->empty()) complain(fmt::format("{}: {}", flag_of(option.key), *set));
        }
    }
    options.ring = ring;
    return options;
}

int send_until_stopped(Feed& feed, std::chrono::nanoseconds every) {
    const Signals signals;
    LineSink out(STDOUT_FILENO);
    for (std::int64_t next = clock_ns(CLOCK_MONOTONIC);; next += every.count()) {
        feed.read(out);
        if (auto written = out.flush(); !written) {
            complain(written.error().message);
            return exit_failed;
        }
        const std::int64_t now = clock_ns(CLOCK_MONOTONIC);
        if (next + every.count() < now) next = now - every.count();  // turns that were missed are not made up for
        while (const std::int64_t left = next + every.count() - clock_ns(CLOCK_MONOTONIC)) {
            if (left <= 0) break;
            if (signals.wait(std::chrono::nanoseconds(left)) == Told::stop) return exit_stopped;
        }
    }
}

int run(const Given& given, const Common& common) {
    const auto every = interval();
    if (!every) {
        complain(every.error().message);
        return exit_usage;
    }
    auto options = options_of(given, common.ring);
    if (!options) {
        complain(options.error().message);
        return exit_usage;
    }
    Feed feed(std::move(*options), common.filter, hostname(), *every, in_exec_child);
    return send_until_stopped(feed, *every);
}

}  // namespace

Run declare_exec(CLI::App& app) {
    auto given = std::make_shared<Given>();
    for (const Option& option : all_options()) {
        if (option.key == "Ring") continue;  // is one of all exporters
        app.add_option(flag_of(option.key), given->values[option.key], std::string(option.help))
            ->type_name(std::string(option.value))
            ->allow_extra_args(false);
    }
    app.footer("collectd-virtscope(5) says more of each. In collectd.conf: <Plugin exec> Exec \"USER\" "
               "\"virtscope-export\" \"collectd-exec\" \"--plugin-name\" \"virt\" </Plugin>");
    return [given](const Common& common) { return run(*given, common); };
}

}  // namespace virtscope::exporters::collectd

// virtscope-export graph: a picture of how a guest or the host went. `virtscope graph` is this.
#include <algorithm>
#include <filesystem>
#include <memory>

#include "core/clock.h"
#include "core/history/presence.h"
#include "core/history/series.h"
#include "core/text.h"
#include "core/time_text.h"
#include "exporters/base/census.h"
#include "exporters/base/complain.h"
#include "exporters/base/exit_codes.h"
#include "exporters/exporter.h"
#include "exporters/graph/picture.h"
#include "exporters/rrd/daemon.h"
#include "exporters/rrd/options.h"

namespace virtscope::exporters::graph {
namespace {

using std::chrono::seconds;

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t usual_range = 3600 * second;
constexpr std::int64_t earliest = 315'532'800 * second;  // 1980: RRDtool takes smaller numbers for times of day

struct Words {
    std::string subject, kind = "cpu", from, to, output;
    unsigned width = 900, height = 0;
    rrd::Words rrd;  // --dir, --layout, --rrdcached
};

int refuse(const Error& error, int code) {
    complain(error.message);
    return code;
}

Result<TimeRange> range_of(const Words& words, std::int64_t newest) {
    const std::int64_t now = clock_ns(CLOCK_REALTIME);
    TimeRange range{.from = 0, .to = newest};
    if (!words.to.empty()) {
        const auto to = parse_time(words.to, now);
        if (!to) return fail(ErrorKind::malformed, "--to: {}", to.error().message);
        range.to = *to;
    }
    range.from = range.to - usual_range;
    if (!words.from.empty()) {
        const auto from = parse_time(words.from, now);
        if (!from) return fail(ErrorKind::malformed, "--from: {}", from.error().message);
        range.from = *from;
    }
    range.from = std::max(range.from, earliest);
    if (range.from + second <= range.to) return range;
    return fail(ErrorKind::malformed, "--from {} is not before --to {}", local_time(range.from), local_time(range.to));
}

// A point for two pixels, and none that is shorter than the agent's interval.
seconds step_of(const Words& words, const TimeRange& range, const Frame& newest) {
    const auto interval = newest.get(0, AgentMetric::tick_interval).value_or(second);
    const auto whole = static_cast<std::int64_t>(std::min<std::uint64_t>(interval, 3600ULL * second));
    const std::int64_t wanted = (range.to - range.from) * 2 / words.width;
    return seconds((std::max(wanted, whole) + second - 1) / second);
}

// The legend of many vCPUs must not take the place of their curves.
unsigned fitting_height(const Recipe& recipe) {
    constexpr unsigned usual = 400, line = 14;
    constexpr std::size_t usual_lines = 6;
    return usual + line * static_cast<unsigned>(std::max(recipe.quantities.size(), usual_lines) - usual_lines);
}

int draw(const Words& words, const Subject& subject, const TimeRange& range, Figures& figures) {
    const auto kind = kind_by_name(words.kind).value_or(Kind::cpu);
    std::vector<std::string> vcpus;
    if (kind == Kind::cpu && subject.uuid) {
        auto listed = figures.instances(Scope::Vcpu);
        if (!listed) return refuse(listed.error(), exit_failed);
        vcpus = std::move(*listed);
    }
    const Recipe recipe = recipe_of(kind, !subject.uuid, vcpus);
    const auto defined = figures.define(recipe.quantities);
    if (!defined) return refuse(defined.error(), exit_failed);
    if (defined->unknown.size() == recipe.quantities.size())
        return refuse({ErrorKind::absent, fmt::format("{}: nothing is known of its {} in that range", subject.name,
                                                      recipe.about)},
                      exit_failed);
    const Picture picture{.file = words.output,
                          .title = subject.name + ": " + recipe.about,
                          .range = range,
                          .width = words.width,
                          .height = words.height != 0 ? words.height : fitting_height(recipe)};
    const auto drawn = graph::draw(picture, recipe, *defined);
    return drawn ? exit_stopped : refuse(drawn.error(), exit_no_way);
}

int from_ring(const Words& words, const std::string& ring) {
    auto reader = RingReader::open(ring);
    if (!reader) return refuse(reader.error(), exit_no_ring);
    const auto newest = reader->newest();
    if (!newest) return refuse(newest.error(), exit_no_ring);
    auto range = range_of(words, (*newest)->realtime);
    if (!range) return refuse(range.error(), exit_usage);
    const auto held = clip_to_ring(*reader, *range);
    if (!held) return refuse(held.error(), exit_failed);
    Subject subject{.uuid = {}, .name = exported_text((*newest)->roster->host.name), .host = {}};
    if (words.subject != "host") {
        const auto guest = find_guest_in(*reader, *held, words.subject);
        if (!guest) return refuse(guest.error(), exit_failed);
        subject.uuid = guest->uuid;
        subject.name = exported_text(guest->name);
    }
    // Without --from, what there is fills the picture.
    if (words.from.empty()) range = *held;
    const seconds step = step_of(words, *range, **newest);
    range->from -= range->from % (step.count() * second);
    if (range->from < earliest) range->from += step.count() * second;
    return draw(words, subject, *range, *figures_of_ring(*reader, subject, *range, step));
}

// Whom the files belong to: the ring knows names, without it a UUID will do, and in collectd's layout a name.
Result<Subject> subject_of(const Words& words, const std::string& ring, const rrd::LayoutOptions& layout,
                           const TimeRange& range) {
    Subject subject{.uuid = Uuid::parse(words.subject), .name = exported_text(words.subject), .host = {}};
    auto reader = RingReader::open(ring);
    if (reader) {
        if (const auto newest = reader->newest()) subject.host = exported_text((*newest)->roster->host.name);
    }
    if (words.subject == "host") {
        if (!subject.host.empty()) subject.name = subject.host;
        return subject;
    }
    if (reader) {
        auto guest = find_guest_in(*reader, range, words.subject);
        if (!guest && guest.error().kind != ErrorKind::busy) guest = find_guest_in(*reader, {}, words.subject);
        if (guest) {
            subject.uuid = guest->uuid;
            subject.name = exported_text(guest->name);
            return subject;
        }
        if (guest.error().kind == ErrorKind::busy) return std::unexpected(guest.error());
    }
    const bool by_name = layout.collectd && layout.host != rrd::Naming::uuid && layout.instance != rrd::Naming::uuid;
    if (!subject.uuid && by_name) subject.uuid = Uuid();
    if (subject.uuid) return subject;
    return fail(ErrorKind::absent, "the ring has no guest '{}': give the UUID that its files are named by",
                printable(words.subject, 80));
}

// What rrdcached still holds would be missing in the picture.
Result<> flush(const Words& words) {
    if (words.rrd.daemon.empty()) return {};
    auto daemon = rrd::Daemon::at(words.rrd.daemon);
    if (!daemon) return std::unexpected(daemon.error());
    const auto done = daemon->ask("FLUSHALL");
    if (!done) return std::unexpected(done.error());
    return {};
}

int from_folder(const Words& words, const std::string& ring) {
    const auto layout = rrd::layout_of(words.rrd);
    if (!layout) return refuse(layout.error(), exit_usage);
    const auto range = range_of(words, clock_ns(CLOCK_REALTIME));
    if (!range) return refuse(range.error(), exit_usage);
    const auto subject = subject_of(words, ring, *layout, *range);
    if (!subject) return refuse(subject.error(), exit_failed);
    if (auto flushed = flush(words); !flushed) return refuse(flushed.error(), exit_no_way);
    const std::string folder = std::filesystem::absolute(words.rrd.folder).lexically_normal().string();
    return draw(words, *subject, *range, *figures_of_folder(folder, *layout, *subject));
}

int run(const Words& words, const Common& common) {
    if (auto format = format_of(words.output); !format)
        return refuse({format.error().kind, "--output " + format.error().message}, exit_usage);
    return words.rrd.folder.empty() ? from_ring(words, common.ring) : from_folder(words, common.ring);
}

void declare_options(CLI::App& app, Words& words) {
    app.add_option("guest", words.subject, "Name or UUID of a guest, or 'host'")->required();
    app.add_option("kind", words.kind, "cpu, memory, block, net or latency (default: cpu)")
        ->check(CLI::IsMember({"cpu", "memory", "block", "net", "latency"}));
    app.add_option("-o,--output", words.output, "The picture to make, *.png or *.svg")->required()->type_name("FILE");
    app.add_option("--from", words.from,
                   "Beginning: '10 min ago', 'today 03:12', ISO 8601, epoch (default: an hour before the end)");
    app.add_option("--to", words.to, "End, likewise (default: the newest frame, with --dir now)");
    app.add_option("--width", words.width, "Of the whole picture, in pixels (default: 900)")->check(CLI::Range(200, 8000));
    app.add_option("--height", words.height, "Likewise (default: what fits, 400 or more)")->check(CLI::Range(150, 8000));
    app.add_option("--dir", words.rrd.folder, "Draw from RRDs in this folder, not from the ring")->type_name("DIR");
    rrd::declare_layout(app, words.rrd);
    app.add_option("--rrdcached", words.rrd.daemon, "With --dir: have rrdcached write what it holds first")
        ->type_name("ADDRESS");
    app.footer(
        "Exit codes: 0 drawn; 1 there is no such guest, or nothing is known of it; 2 wrong arguments; 3 the ring cannot "
        "be read; 4 the picture cannot be written.\n\nExamples:\n"
        "  virtscope graph web01 -o web01.png\n"
        "  virtscope graph web01 latency --from 'today 03:00' --to 'today 03:30' -o night.svg\n"
        "  virtscope graph host net --from '2 days ago' --dir /var/lib/virtscope-rrd --layout native -o net.png");
}

Run declare(CLI::App& app) {
    const auto words = std::make_shared<Words>();
    declare_options(app, *words);
    return [words](const Common& common) { return run(*words, common); };
}

}  // namespace
}  // namespace virtscope::exporters::graph

namespace virtscope::exporters {

const Exporter graph_exporter{"graph", "Draws a guest or the host, from the ring or from RRDs, into a picture",
                              graph::declare, false};

}  // namespace virtscope::exporters

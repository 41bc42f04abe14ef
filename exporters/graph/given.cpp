#include "exporters/graph/given.h"

#include <algorithm>

#include "core/clock.h"
#include "core/history/presence.h"
#include "core/text.h"
#include "core/time_text.h"
#include "exporters/base/census.h"

namespace virtscope::exporters::graph {
namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t usual_range = 3600 * second;

}  // namespace

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

void declare_options(CLI::App& app, Words& words) {
    app.add_option("guest", words.subject, "Name or UUID of a guest, or 'host'")->required();
    app.add_option("kind", words.kind, "cpu, memory, block, net or latency (default: cpu)")
        ->check(CLI::IsMember({"cpu", "memory", "block", "net", "latency"}));
    app.add_option("-o,--output", words.output, "The picture to make, *.png or *.svg")->required()->type_name("FILE");
    app.add_option("--from", words.from,
                   "Beginning: '10 min ago', 'today 03:12', ISO 8601, epoch (default: an hour before the end)");
    app.add_option("--to", words.to, "End, likewise (default: the newest frame, with --dir now)");
    app.add_option("--width", words.width, "Of the whole picture, in pixels (default: 900)")
        ->check(CLI::Range(200, 8000));
    app.add_option("--height", words.height, "Likewise (default: what fits, 400 or more)")
        ->check(CLI::Range(150, 8000));
    app.add_option("--dir", words.rrd.folder, "Draw from RRDs in this folder, not from the ring")->type_name("DIR");
    rrd::declare_layout(app, words.rrd);
    app.add_option("--rrdcached", words.rrd.daemon, "With --dir: have rrdcached write what it holds first")
        ->type_name("ADDRESS");
    app.footer(
        "Exit codes: 0 drawn; 1 there is no such guest, or nothing is known of it; 2 wrong arguments; 3 the ring "
        "cannot "
        "be read; 4 the picture cannot be written.\n\nExamples:\n"
        "  virtscope graph web01 -o web01.png\n"
        "  virtscope graph web01 latency --from 'today 03:00' --to 'today 03:30' -o night.svg\n"
        "  virtscope graph host memory --from '2 days ago' --dir /var/lib/virtscope-rrd --layout native -o memory.png");
}

}  // namespace virtscope::exporters::graph

// virtscope events: what happened, and with --follow what happens.
#include "agent/ctl/event_output.h"
#include "agent/ctl/follow.h"
#include "agent/ctl/range.h"
#include "core/history/presence.h"
#include "core/history/series.h"

namespace virtscope {
namespace {

Result<std::optional<Uuid>> guest_of(RingReader& reader, const Request& request) {
    if (request.subject.empty()) return std::nullopt;
    // All of the ring: the guest may be gone from the range but for the news of it.
    const auto guest = find_guest_in(reader, {}, request.subject);
    if (!guest) return std::unexpected(guest.error());
    return guest->uuid;
}

int print_past(RingReader& reader, const TimeRange& range, std::optional<Uuid> guest, Format format) {
    Json list = Json::array();
    if (format != Format::json) print_event_header(format);
    const auto lost = read_events(reader, range, guest, [&](const EventAt& event) {
        if (format == Format::json) {
            list.push_back(event_json(event));
        } else {
            print_event(event, format);
        }
        return true;
    });
    if (!lost) return complain(lost.error(), exit_no_ring);
    if (format == Format::json) {
        print_json(
            {{"from", iso_time(range.from)}, {"to", iso_time(range.to)}, {"lost", *lost}, {"events", std::move(list)}});
    }
    note_lost(*lost);
    return exit_done;
}

}  // namespace

int run_events(const Request& request) {
    if (request.follow && !request.to.empty()) {
        return complain({ErrorKind::malformed, "--follow goes on until it is stopped: leave out --to"}, exit_usage);
    }
    auto reader = RingReader::open(request.ring);
    if (!reader) return complain(reader.error(), exit_no_ring);
    const auto newest = reader->newest();
    // Whoever follows may wait for the first frame.
    if (!newest && !(request.follow && newest.error().kind == ErrorKind::absent))
        return complain(newest.error(), exit_no_ring);
    const auto range = range_of(request, newest ? (*newest)->realtime : 0, std::chrono::nanoseconds(0));
    if (!range) return complain(range.error(), exit_usage);
    const auto guest = guest_of(*reader, request);
    if (!guest) return complain(guest.error(), exit_not_well);
    if (request.follow) {
        return follow_events(*reader, newest ? *newest : nullptr,
                             request.from.empty() ? std::nullopt : std::optional(range->from), *guest, request.format);
    }
    const auto held = clip_to_ring(*reader, *range);
    if (!held) return complain(held.error(), held.error().kind == ErrorKind::absent ? exit_not_well : exit_no_ring);
    return print_past(*reader, *held, *guest, request.format);
}

}  // namespace virtscope

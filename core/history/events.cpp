#include "core/history/events.h"

namespace virtscope {

bool events_of(const Frame& frame, std::optional<Uuid> guest, const std::function<bool(const EventAt&)>& visit) {
    for (const Event& event : frame.events) {
        if (guest && event.guest != *guest) continue;
        if (!visit({.realtime = frame.realtime, .sequence = frame.sequence, .event = event})) return false;
    }
    return true;
}

Result<std::uint64_t> read_events(RingReader& reader, const TimeRange& range, std::optional<Uuid> guest,
                                  const std::function<bool(const EventAt&)>& visit) {
    // Not a scan for the guest: it leaves out frames without it, and with them the news that it has stopped.
    // Events are whole always, so no guest's rows are decoded for them.
    return reader.scan({.range = range, .guest = std::nullopt, .host_only = true},
                       [&](const Frame& frame) { return events_of(frame, guest, visit); });
}

}  // namespace virtscope

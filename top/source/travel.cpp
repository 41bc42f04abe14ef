#include "top/source/travel.h"

#include <algorithm>

#include "core/clock.h"
#include "core/time_text.h"

namespace virtscope::top {
namespace {

using std::chrono::nanoseconds;

bool is_far(const Frame& from, const Frame& frame, nanoseconds span) {
    return frame.roster->host.boot_id != from.roster->host.boot_id || frame.monotonic - from.monotonic >= span.count();
}

}  // namespace

bool is_same(const Frame& a, const Frame& b) {
    return a.sequence == b.sequence && a.monotonic == b.monotonic && a.realtime == b.realtime;
}

// Steps that double until one is far enough, then halves between the last two: a ring can be asked for what
// was before a frame, not for what came a minute after it.
Result<FramePtr> first_after(RingReader& reader, const Frame& from, nanoseconds span) {
    FramePtr far;
    std::uint64_t reached = from.sequence;
    std::int64_t count = 1;
    for (;; count *= 2) {
        auto found = reader.step(from, count);
        if (!found) return found;
        if ((*found)->sequence <= reached) return FramePtr();
        reached = (*found)->sequence;
        far = std::move(*found);
        if (is_far(from, *far, span)) break;
    }
    for (std::int64_t near = count / 2; count - near > 1;) {
        const std::int64_t middle = near + (count - near) / 2;
        auto found = reader.step(from, middle);
        if (!found) return found;
        if (is_far(from, **found, span)) {
            count = middle;
            far = std::move(*found);
        } else {
            near = middle;
        }
    }
    return far;
}

Result<FramePtr> last_before(RingReader& reader, const Frame& from, nanoseconds span) {
    auto found = reader.before(from, span);
    if (!found || *found) return found;
    return reader.step(from, -1);
}

bool is_oldest(RingReader& reader, const Frame& frame) {
    const auto found = reader.step(frame, -1);
    return found && (*found)->sequence >= frame.sequence;
}

Result<FramePtr> frame_of_time(RingReader& reader, std::int64_t realtime) {
    auto newest = reader.newest();
    if (!newest) return newest;
    // A recording may come from a host whose clock is ahead of ours.
    if (realtime > std::max(clock_ns(CLOCK_REALTIME), (*newest)->realtime)) {
        return fail(ErrorKind::absent, "{} is in the future: the newest frame is of {}", local_time(realtime),
                    local_time((*newest)->realtime));
    }
    auto found = reader.at(realtime);
    if (found || found.error().kind != ErrorKind::absent) return found;
    auto oldest = reader.oldest();
    if (!oldest) return oldest;
    return fail(ErrorKind::absent, "{} is before the oldest frame, which is of {}", local_time(realtime),
                local_time((*oldest)->realtime));
}

Result<std::vector<EventAt>> events_between(RingReader& reader, std::uint64_t after, const Frame& last) {
    constexpr std::size_t at_once = 16;  // frames in memory
    std::vector<EventAt> events;
    const auto keep = [&](const EventAt& event) {
        events.push_back(event);
        return true;
    };
    while (after + 1 < last.sequence) {
        const auto batch = reader.since(after, at_once);
        if (!batch) return std::unexpected(batch.error());
        if (batch->frames.empty()) break;
        for (const FramePtr& frame : batch->frames) {
            if (frame->sequence < last.sequence) events_of(*frame, std::nullopt, keep);
        }
        after = batch->frames.back()->sequence;
    }
    events_of(last, std::nullopt, keep);
    return events;
}

}  // namespace virtscope::top

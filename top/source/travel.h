// Travel: which frame of a ring another moment means. Spans go by the monotonic clock and frames by their
// order, so that a wall clock that was set is no obstacle; a reboot ends every span.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "core/history/events.h"
#include "core/result.h"
#include "core/ring/reader.h"

namespace virtscope::top {

bool is_same(const Frame& a, const Frame& b);

// The first frame after `from` that is at least `span` later, or of a later boot; null where the ring ends sooner.
Result<FramePtr> first_after(RingReader& reader, const Frame& from, std::chrono::nanoseconds span);

// The last frame before `from` that is at least `span` earlier; where the boot began later, its first one, and
// from there the last one of the boot before. The oldest frame comes again.
Result<FramePtr> last_before(RingReader& reader, const Frame& from, std::chrono::nanoseconds span);

bool is_oldest(RingReader& reader, const Frame& frame);

// The newest frame not after `realtime`. Errors: absent, names the oldest or newest time there is.
Result<FramePtr> frame_of_time(RingReader& reader, std::int64_t realtime);

// Events of the frames after sequence `after` up to and with `last`, oldest first.
Result<std::vector<EventAt>> events_between(RingReader& reader, std::uint64_t after, const Frame& last);

}  // namespace virtscope::top

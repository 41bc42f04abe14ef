// --from and --to: the stretch of the ring that a verb is about.
#pragma once

#include <chrono>
#include <cstdint>

#include "agent/ctl/commands.h"
#include "core/result.h"
#include "core/ring/reader.h"

namespace virtscope {

// Without --to, until the newest frame; without --from, `back` before the end, or all there is where that is
// 0. `newest`: realtime of the newest frame, so that a recording ends when it ends and not now.
// Errors: malformed.
Result<TimeRange> range_of(const Request& request, std::int64_t newest, std::chrono::nanoseconds back);

// Says on stderr how many frames of a range could not be read, if any.
void note_lost(std::uint64_t lost);

}  // namespace virtscope

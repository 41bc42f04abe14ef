// Window: the two frames between which a rate is taken.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/rates.h"
#include "core/result.h"

namespace virtscope::checks {

struct Snapshot;

struct Window {
    std::chrono::nanoseconds wanted{};
    FramePair pair;
    std::string note;  // where the true window is not the one that was asked for
};

// The newest frame and one a window before it; it may be a quarter of the window older, the cheapest to read is
// taken. Where the ring does not reach that far, or there is a gap just there, the pair is of what the ring has
// instead; it never spans more than two windows. Without any older frame all rates of the pair are unknown.
// Taken once a snapshot and window; the reference lives as long as the snapshot. Errors: those of the ring.
Result<const Window*> take_window(Snapshot& snapshot, std::chrono::nanoseconds wanted);

}  // namespace virtscope::checks

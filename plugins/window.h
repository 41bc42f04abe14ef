// Window: the two frames between which a rate is taken.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/rates.h"
#include "core/result.h"
#include "plugins/snapshot.h"

namespace virtscope::checks {

// "60s", "5min", or plain seconds; 1 s to 24 h. Errors: malformed.
Result<std::chrono::nanoseconds> parse_window(std::string_view text);

struct Window {
    FramePair pair;
    std::string note;  // where the true window is not the one that was asked for
};

// The newest frame and the one a window before it. Where the ring does not reach that far, or there is
// a gap just there, the pair is of what the ring has instead; it never spans more than two windows.
// Without any older frame all rates of the pair are unknown. Errors: those of the ring.
Result<Window> take_window(Snapshot& snapshot, std::chrono::nanoseconds wanted);

}  // namespace virtscope::checks

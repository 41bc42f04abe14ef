// How old a frame is, whatever the wall clock did meanwhile, and whether its writer still lives.
#pragma once

#include <chrono>
#include <string>

#include "core/frame.h"

namespace virtscope {

// The reader's clocks and boot; read_now() takes them from the kernel, tests make their own.
struct Now {
    std::int64_t realtime = 0;   // ns
    std::int64_t monotonic = 0;  // ns
    std::string boot_id;
};
Now read_now();

// By the monotonic clock if the frame is of this boot, else by realtime. A frame from the future has
// no age: its clock cannot be trusted.
std::optional<std::chrono::nanoseconds> age_of(const Frame& frame, const Now& now);

// False when the frame is older than two of the agent's intervals and a second, or has no age: the agent
// is silent, and what the frame says is no longer known to be true.
bool is_live(const Frame& frame, const Now& now);

}  // namespace virtscope

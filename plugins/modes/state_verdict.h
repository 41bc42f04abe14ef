// What a guest's state means, against what it is expected to be.
#pragma once

#include <cstddef>
#include <string_view>

#include "core/roster.h"
#include "plugins/judge/expected.h"
#include "plugins/terms/status.h"

namespace virtscope::checks {

struct StateVerdict {
    Status status;
    std::string_view text;  // "is paused by an I/O error"
};

StateVerdict judge_state(GuestState state, Expectation expected);

// How many guests are in which kind of state.
struct StateCounts {
    std::size_t running = 0, paused = 0, off = 0, failed = 0, unknown = 0;

    void add(GuestState state);
};

}  // namespace virtscope::checks

// The tick and the signal to stop are one wait: no handler, no flag, no race between the two.
#pragma once

#include <chrono>
#include <csignal>

namespace virtscope {

std::chrono::nanoseconds monotonic_now();

class StopSignals {
public:
    // Blocks SIGTERM and SIGINT in this thread and in those it starts: wait_until() takes them.
    StopSignals();

    // Sleeps until `due` (CLOCK_MONOTONIC). True if told to stop before.
    bool wait_until(std::chrono::nanoseconds due) const;

private:
    sigset_t set_{};
};

}  // namespace virtscope

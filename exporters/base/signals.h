// Being told to stop (SIGTERM, SIGINT) or to read files anew (SIGHUP): asked for, never in a handler.
#pragma once

#include <chrono>
#include <csignal>

namespace virtscope::exporters {

enum class Told { nothing, stop, reload };

class Signals {
public:
    // Blocks the three in this thread and those it starts, so to be made before them. SIGPIPE is ignored from then on:
    // a write to nobody is an error to be seen, not a death.
    Signals();

    // What came since it was asked last; sleeps until something does, at most `timeout`.
    Told wait(std::chrono::nanoseconds timeout) const;
    Told told() const { return wait(std::chrono::nanoseconds::zero()); }

private:
    sigset_t set_{};
};

}  // namespace virtscope::exporters

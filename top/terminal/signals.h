// Signals: while it lives, SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP and SIGCONT are told through a descriptor.
//
// By handlers, since libraries' threads that were there before us would take signals that only we had blocked. One at
// a time in a process. Signals that the program was started to ignore stay ignored.
#pragma once

#include <csignal>
#include <optional>
#include <vector>

#include "core/fd.h"
#include "core/result.h"

namespace virtscope::top {

class Signals {
public:
    static Result<Signals> take();
    Signals(Signals&& other) noexcept = default;
    Signals& operator=(Signals&&) = delete;
    ~Signals();

    // Readable when next() has something.
    int fd() const { return wakes_.get(); }
    // A signal that came; those that end come first, and each once however often it came.
    std::optional<int> next();
    // Stops the process as SIGTSTP does; returns once it goes on.
    void stop();

private:
    struct Before {
        int signal;
        struct sigaction action;
    };
    explicit Signals(Fd wakes) : wakes_(std::move(wakes)) {}

    Fd wakes_;
    std::vector<Before> before_;
};

}  // namespace virtscope::top

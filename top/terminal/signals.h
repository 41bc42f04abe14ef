// Signals: while it lives, SIGINT, SIGTERM, SIGHUP and SIGWINCH are read from a descriptor instead of
// interrupting. One thread only.
#pragma once

#include <csignal>
#include <optional>

#include "core/fd.h"
#include "core/result.h"

namespace virtscope::top {

class Signals {
public:
    static Result<Signals> take();
    Signals(Signals&& other) noexcept = default;
    Signals& operator=(Signals&&) = delete;
    ~Signals();

    int fd() const { return fd_.get(); }
    std::optional<int> next();  // the number of a signal that came

private:
    Signals(Fd fd, const sigset_t& before) : fd_(std::move(fd)), before_(before) {}
    Fd fd_;
    sigset_t before_;
};

}  // namespace virtscope::top

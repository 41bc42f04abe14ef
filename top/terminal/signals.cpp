#include "top/terminal/signals.h"

#include <cerrno>

#include <sys/signalfd.h>

namespace virtscope::top {

Result<Signals> Signals::take() {
    sigset_t ours;
    sigset_t before;
    sigemptyset(&ours);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGWINCH}) sigaddset(&ours, signal);
    if (::sigprocmask(SIG_BLOCK, &ours, &before) != 0) return fail_errno(errno, "sigprocmask");
    Fd fd(::signalfd(-1, &ours, SFD_NONBLOCK | SFD_CLOEXEC));
    if (!fd) return fail_errno(errno, "signalfd");
    return Signals(std::move(fd), before);
}

Signals::~Signals() {
    if (fd_) ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> Signals::next() {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) != sizeof info) return std::nullopt;
    return static_cast<int>(info.ssi_signo);
}

}  // namespace virtscope::top

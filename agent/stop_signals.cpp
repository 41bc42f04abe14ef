#include "agent/stop_signals.h"

#include <algorithm>
#include <cerrno>
#include <ctime>

namespace virtscope {

std::chrono::nanoseconds monotonic_now() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

StopSignals::StopSignals() {
    ::sigemptyset(&set_);
    ::sigaddset(&set_, SIGTERM);
    ::sigaddset(&set_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

bool StopSignals::wait_until(std::chrono::nanoseconds due) const {
    for (;;) {
        const auto left = std::max(due - monotonic_now(), std::chrono::nanoseconds::zero());
        const timespec timeout{.tv_sec = left.count() / 1'000'000'000, .tv_nsec = left.count() % 1'000'000'000};
        if (::sigtimedwait(&set_, nullptr, &timeout) > 0) return true;
        // SIGSTOP and SIGCONT end the wait early with EINTR: the deadline is absolute, so simply wait on.
        if (errno == EAGAIN && monotonic_now() >= due) return false;
    }
}

}  // namespace virtscope

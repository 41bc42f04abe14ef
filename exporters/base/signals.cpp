#include "exporters/base/signals.h"

#include <ctime>

namespace virtscope::exporters {

Signals::Signals() {
    ::sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set_, signal);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

Told Signals::wait(std::chrono::nanoseconds timeout) const {
    const timespec most{.tv_sec = timeout.count() / 1'000'000'000, .tv_nsec = timeout.count() % 1'000'000'000};
    const int signal = ::sigtimedwait(&set_, nullptr, &most);
    if (signal == SIGHUP) return Told::reload;
    return signal > 0 ? Told::stop : Told::nothing;
}

}  // namespace virtscope::exporters

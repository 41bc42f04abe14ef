#include "agent/syncer.h"

#include <cerrno>

#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace virtscope {

Syncer::Syncer(int fd, std::chrono::nanoseconds interval)
    : fd_(::fcntl(fd, F_DUPFD_CLOEXEC, 0)), thread_([this, interval](const std::stop_token& stop) { run(stop, interval); }) {}

void Syncer::run(const std::stop_token& stop, std::chrono::nanoseconds interval) {
    // Signals are the main thread's.
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
    std::unique_lock lock(mutex_);
    while (fd_ && !stop.stop_requested()) {
        wake_.wait_for(lock, stop, interval, [] { return false; });
        if (::fdatasync(fd_.get()) == 0) {
            ++succeeded_;
        } else if (errno != EINTR) {
            failed_ = errno;
            return;
        }
    }
}

}  // namespace virtscope

#include "core/ring/waiter.h"

#include <cerrno>
#include <cstddef>
#include <ctime>

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/ring/format.h"

namespace virtscope::ring {

Waiter::~Waiter() {
    if (at_ != nullptr) ::munmap(at_, page);
}

void Waiter::wait(int fd, std::uint64_t published, std::chrono::nanoseconds timeout) {
    if (at_ == nullptr) {
        void* const mapped = ::mmap(nullptr, page, PROT_READ, MAP_SHARED, fd, 0);
        if (mapped != MAP_FAILED) at_ = mapped;
    }
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(timeout);
    const timespec left{.tv_sec = seconds.count(), .tv_nsec = (timeout - seconds).count()};
    long done = -1;
    if (at_ != nullptr) {
        auto* const word = static_cast<std::byte*>(at_) + offsetof(HeaderPage, words) + offsetof(Words, published);
        done = ::syscall(SYS_futex, word, FUTEX_WAIT, static_cast<std::uint32_t>(published), &left, nullptr, 0);
    }
    // Where the kernel cannot wait on that page, looking again soon must do.
    if (done != 0 && errno != EAGAIN && errno != EINTR && errno != ETIMEDOUT) {
        const timespec shortly{.tv_sec = 0, .tv_nsec = 5'000'000};
        ::nanosleep(&shortly, nullptr);
    }
}

}  // namespace virtscope::ring

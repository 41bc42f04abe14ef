#include "top/terminal/signals.h"

#include <array>
#include <atomic>
#include <cerrno>

#include <sys/eventfd.h>
#include <unistd.h>

namespace virtscope::top {
namespace {

constexpr std::array taken{SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGCONT, SIGWINCH};

// What a handler can reach.
std::atomic<unsigned> came{0};  // a bit for each of `taken`
std::atomic<int> wakes{-1};
static_assert(std::atomic<unsigned>::is_always_lock_free && std::atomic<int>::is_always_lock_free);

void note(int signal) {
    const int before = errno;
    for (std::size_t i = 0; i < taken.size(); ++i) {
        if (taken[i] == signal) came.fetch_or(1U << i);
    }
    const std::uint64_t one = 1;
    (void)!::write(wakes.load(), &one, sizeof one);
    errno = before;
}

}  // namespace

Result<Signals> Signals::take() {
    Fd fd(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    if (!fd) return fail_errno(errno, "eventfd");
    came.store(0);
    wakes.store(fd.get());
    Signals signals(std::move(fd));
    for (const int signal : taken) {
        struct sigaction before {};
        ::sigaction(signal, nullptr, &before);
        if (before.sa_handler == SIG_IGN) continue;
        struct sigaction ours {};
        ours.sa_handler = note;
        ours.sa_flags = SA_RESTART;  // for the threads that are not ours
        if (::sigaction(signal, &ours, nullptr) == 0) signals.before_.push_back({signal, before});
    }
    return signals;
}

Signals::~Signals() {
    for (const Before& before : before_) ::sigaction(before.signal, &before.action, nullptr);
    if (wakes_) wakes.store(-1);
}

std::optional<int> Signals::next() {
    std::uint64_t count = 0;
    (void)!::read(wakes_.get(), &count, sizeof count);
    for (std::size_t i = 0; i < taken.size(); ++i) {
        if ((came.fetch_and(~(1U << i)) & 1U << i) != 0) return taken[i];
    }
    return std::nullopt;
}

void Signals::stop() {
    struct sigaction ours {};
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    if (::sigaction(SIGTSTP, &standard, &ours) != 0) return;
    ::raise(SIGTSTP);
    ::sigaction(SIGTSTP, &ours, nullptr);
    for (std::size_t i = 0; i < taken.size(); ++i) {
        if (taken[i] == SIGCONT) came.fetch_and(~(1U << i));  // that is why we are here
    }
}

}  // namespace virtscope::top

#include "tests/collectors/child.h"

#include <csignal>
#include <ctime>
#include <doctest/doctest.h>
#include <linux/sched.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace virtscope::test {
namespace {

pid_t fork_as(pid_t pid) {
    if (pid == 0) return ::fork();
    clone_args args{};
    args.exit_signal = SIGCHLD;
    args.set_tid = reinterpret_cast<std::uintptr_t>(&pid);
    args.set_tid_size = 1;
    return static_cast<pid_t>(::syscall(SYS_clone3, &args, sizeof args));
}

}  // namespace

Child::Child(const std::function<std::string()>& work, pid_t pid) {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    pid_ = fork_as(pid);
    if (pid_ == 0) {
        ::close(ends[0]);
        const std::string said = work();
        (void)!::write(ends[1], said.data(), said.size());
        ::close(ends[1]);
        for (;;) ::pause();
    }
    ::close(ends[1]);
    char text[256];
    ssize_t got = 0;
    while ((got = ::read(ends[0], text, sizeof text)) > 0) result_.append(text, static_cast<std::size_t>(got));
    ::close(ends[0]);
}

Child::~Child() { end(); }

rusage Child::end() {
    rusage used{};
    if (pid_ <= 0) return used;
    ::kill(pid_, SIGKILL);
    ::wait4(pid_, nullptr, 0, &used);
    pid_ = -1;
    return used;
}

void burn(int ms) {
    const auto now = [] {
        timespec time{};
        ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
        return time.tv_sec * 1000 + time.tv_nsec / 1'000'000;
    };
    const auto end = now() + ms;
    while (now() < end) {
    }
}

}  // namespace virtscope::test

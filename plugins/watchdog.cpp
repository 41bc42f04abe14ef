#include "plugins/watchdog.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "plugins/terms/status.h"

namespace virtscope::checks {
namespace {

constexpr long unlimited = 86'400'000;  // ms; until the work has set its limit
constexpr long grace = 50;              // ms for the work to end by its own alarm

int to_guard = -1;  // where the work tells its limit

// In a handler nothing but write() and _exit() is safe.
template <std::size_t size>
[[noreturn]] void end_with(const char (&line)[size]) {
    // Nothing is left to be done about a failed write: the exit code stays UNKNOWN.
    [[maybe_unused]] const ssize_t written = ::write(STDOUT_FILENO, line, size - 1);
    ::_exit(static_cast<int>(Status::unknown));
}

[[noreturn]] void end_late() { end_with("VIRT UNKNOWN: the ring could not be read within the time limit (-t)\n"); }
[[noreturn]] void end_killed() { end_with("VIRT UNKNOWN: check_virt was ended by a signal\n"); }

void on_alarm(int) { end_late(); }
void on_deadly(int) { end_killed(); }

void handle(int number, void (*handler)(int)) {
    struct sigaction action {};
    action.sa_handler = handler;
    ::sigfillset(&action.sa_mask);
    ::sigaction(number, &action, nullptr);
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, number);
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
}

long now_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000 + now.tv_nsec / 1'000'000;
}

[[noreturn]] void pass_on(pid_t child) {
    int status = 0;
    pid_t ended = 0;
    do {
        ended = ::waitpid(child, &status, 0);
    } while (ended < 0 && errno == EINTR);
    if (ended != child || !WIFEXITED(status)) end_killed();
    const int code = WEXITSTATUS(status);
    ::_exit(code <= static_cast<int>(Status::unknown) ? code : static_cast<int>(Status::unknown));
}

// The pipe ends with the child, however it ends.
[[noreturn]] void guard(pid_t child, int from_work) {
    long deadline = now_ms() + unlimited;
    for (;;) {
        pollfd waiting{.fd = from_work, .events = POLLIN, .revents = 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(std::max(0L, deadline - now_ms())));
        if (ready < 0 && errno == EINTR) continue;
        if (ready == 0) break;
        unsigned seconds = 0;
        if (::read(from_work, &seconds, sizeof seconds) != sizeof seconds) pass_on(child);
        deadline = now_ms() + static_cast<long>(seconds) * 1000 + grace;
    }
    ::kill(child, SIGKILL);
    end_late();
}

}  // namespace

void begin_guarded() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    // Whoever started us may ignore children: then the kernel would not tell how ours ended.
    ::signal(SIGCHLD, SIG_DFL);
    const pid_t parent = ::getpid();
    const pid_t child = ::fork();
    if (child > 0) {
        ::close(ends[1]);
        guard(child, ends[0]);
    }
    ::close(ends[0]);
    if (child < 0) {
        ::close(ends[1]);
        return;
    }
    to_guard = ends[1];
    // Whoever kills the check means the work as well.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(static_cast<int>(Status::unknown));
}

void arm_watchdog(unsigned seconds) {
    handle(SIGALRM, on_alarm);
    ::alarm(seconds);
    if (to_guard < 0) return;
    // Without the guard the alarm remains.
    [[maybe_unused]] const ssize_t told = ::write(to_guard, &seconds, sizeof seconds);
}

void answer_deadly_signals() {
    // An alarm may be somebody else's, set before this program was.
    for (const int number : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTERM, SIGINT, SIGHUP, SIGXCPU, SIGXFSZ, SIGQUIT,
                             SIGUSR1, SIGUSR2, SIGTRAP, SIGSYS, SIGALRM, SIGVTALRM, SIGPROF}) {
        struct sigaction now {};
        if (::sigaction(number, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) handle(number, on_deadly);
    }
    ::signal(SIGPIPE, SIG_IGN);
}

}  // namespace virtscope::checks

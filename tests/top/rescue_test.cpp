// A crash in the middle of drawing: the terminal is given back, and the process dies of what it died of.
#include <csignal>
#include <exception>
#include <string>

#include <doctest/doctest.h>
#include <pty.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "top/terminal/terminal.h"

using namespace virtscope::top;

namespace {

struct Death {
    std::string written;
    int status = 0;
    bool modes_are_back = false;
};

// Runs on a pty: a screen is drawn, then `crash`.
Death die(void (*crash)()) {
    int master = -1;
    int slave = -1;
    REQUIRE(::openpty(&master, &slave, nullptr, nullptr, nullptr) == 0);
    termios before{};
    ::tcgetattr(slave, &before);
    const pid_t child = ::fork();
    if (child == 0) {
        const rlimit none{0, 0};
        ::setrlimit(RLIMIT_CORE, &none);
        for (const int signal : {SIGSEGV, SIGABRT}) ::signal(signal, SIG_DFL);  // doctest has its own
        for (const int fd : {0, 1, 2}) ::dup2(slave, fd);
        ::setenv("TERM", "xterm-256color", 1);
        auto terminal = Terminal::open();
        if (!terminal) ::_exit(1);
        terminal->draw({.lines = {{"drawn"}}});
        crash();
        ::_exit(2);
    }
    Death death;
    ::waitpid(child, &death.status, 0);
    termios after{};
    ::tcgetattr(slave, &after);
    death.modes_are_back =
        after.c_lflag == before.c_lflag && after.c_iflag == before.c_iflag && after.c_oflag == before.c_oflag;
    ::close(slave);
    char bytes[4096];
    for (ssize_t got = 0; (got = ::read(master, bytes, sizeof bytes)) > 0;) {
        death.written.append(bytes, static_cast<std::size_t>(got));
    }
    ::close(master);
    return death;
}

void check(const Death& death, int signal) {
    CHECK(WIFSIGNALED(death.status));
    CHECK(WTERMSIG(death.status) == signal);
    CHECK(death.modes_are_back);
    CHECK(death.written.find("drawn") != death.written.npos);
    CHECK(death.written.find("\33[?1006;1000l") != death.written.npos);
    CHECK(death.written.find("\33[?25h") != death.written.npos);
    CHECK(death.written.rfind("\33[?1049l") > death.written.rfind("\33[?1049h"));
}

[[maybe_unused]] int overrun(int depth);
int (*volatile deeper)(int) = overrun;  // no compiler knows where it leads
int overrun(int depth) {
    volatile char frame[4096];
    frame[0] = 1;
    return depth == 1'000'000'000 ? 0 : deeper(depth + 1) + frame[0];
}

[[maybe_unused]] void write_where_nobody_may() {
    void* const page = ::mmap(nullptr, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    *static_cast<volatile char*>(page) = 1;
}

}  // namespace

TEST_CASE("std::terminate gives the terminal back") {
    check(die([] { std::terminate(); }), SIGABRT);
}

TEST_CASE("so does a signal from outside, and what was not awaited") {
    check(die([] { ::raise(SIGQUIT); }), SIGQUIT);
    check(die([] { ::raise(SIGUSR2); }), SIGUSR2);
}

// Sanitizers keep crashes for themselves.
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer)
TEST_CASE("so do a wild pointer and a stack that runs over") {
    check(die(write_where_nobody_may), SIGSEGV);
    check(die([] { overrun(0); }), SIGSEGV);
}
#endif
#endif

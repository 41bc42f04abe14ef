#include "top/terminal/rescue.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstring>

#include "top/terminal/outlet.h"

namespace virtscope::top {
namespace {

// Crashes, and what ends a process that has not said otherwise.
constexpr std::array fatal{SIGSEGV, SIGBUS,  SIGFPE,  SIGILL,  SIGABRT, SIGSYS,  SIGTRAP,   SIGQUIT,
                           SIGXCPU, SIGXFSZ, SIGPIPE, SIGALRM, SIGUSR1, SIGUSR2, SIGVTALRM, SIGPROF};

// What a handler can reach: all of it is written before the handlers are set.
struct State {
    std::atomic<bool> armed{false};
    int fd = -1;
    std::array<char, 1000> leave{};
    std::size_t leave_bytes = 0;
    termios modes{};
    std::array<struct sigaction, fatal.size()> before{};
    std::array<char, std::size_t{64} << 10> stack{};  // a stack that ran over cannot be used
};
State state;

void give_back(int signal) {
    if (state.armed.exchange(false)) {
        (void)write_without_waiting(state.fd, {state.leave.data(), state.leave_bytes}, std::chrono::milliseconds(300));
        ::tcsetattr(state.fd, TCSANOW, &state.modes);
    }
    for (std::size_t i = 0; i < fatal.size(); ++i) {
        if (fatal[i] == signal) ::sigaction(signal, &state.before[i], nullptr);
    }
    ::raise(signal);  // comes once we have returned to where it happened
}

}  // namespace

Rescue::Rescue(int fd, std::string_view leave, const termios& modes) {
    state.fd = fd;
    state.leave_bytes = std::min(leave.size(), state.leave.size());
    std::memcpy(state.leave.data(), leave.data(), state.leave_bytes);
    state.modes = modes;
    stack_t stack{};
    stack.ss_sp = state.stack.data();
    stack.ss_size = state.stack.size();
    ::sigaltstack(&stack, nullptr);
    for (std::size_t i = 0; i < fatal.size(); ++i) {
        ::sigaction(fatal[i], nullptr, &state.before[i]);
        if (state.before[i].sa_handler == SIG_IGN) continue;
        struct sigaction ours {};
        ours.sa_handler = give_back;
        ours.sa_flags = SA_ONSTACK;
        sigaddset(&ours.sa_mask, SIGTTOU);  // modes are given back from the background, too
        ::sigaction(fatal[i], &ours, nullptr);
    }
}

Rescue::~Rescue() {
    state.armed.store(false);
    for (std::size_t i = 0; i < fatal.size(); ++i) ::sigaction(fatal[i], &state.before[i], nullptr);
    stack_t none{};
    none.ss_flags = SS_DISABLE;
    ::sigaltstack(&none, nullptr);
}

void Rescue::arm(bool armed) { state.armed.store(armed); }

}  // namespace virtscope::top

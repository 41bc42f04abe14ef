// What the command line said of an order to a guest, and how it is carried through: asked for, sent to the agent,
// watched in the ring.
//
// Exit codes are control::Outcome.
#pragma once

#include <chrono>
#include <cstdio>
#include <functional>
#include <optional>
#include <string>

#include "agent/ctl/commands.h"
#include "orders/wire.h"

namespace virtscope {

struct OrderRequest {
    control::Wish wish;
    Format format = Format::table;
    std::string ring;                              // resolved path
    std::string control;                           // path of the agent's socket
    std::optional<std::chrono::nanoseconds> wait;  // after acceptance, for the guest to have done it
    bool escalate = false;                         // shutdown: destroy it when the wait has passed
    bool yes = false;                              // do not ask
    bool progress = false;                         // say how far a long order is, on err
};

// Where an order talks to a person. Tests bring their own.
struct Console {
    std::FILE* out = stdout;
    std::FILE* err = stderr;
    bool may_ask = false;                         // a person is at standard input
    std::function<bool(const std::string&)> ask;  // true: yes. Called only if may_ask
};
Console own_console();

// Answers an exit code; what went wrong is a line on console.err.
int run_order(const OrderRequest& request, const Console& console);

// virtscope wait: until the ring shows the guest in a state.
enum class AwaitedState { running, paused, off };
struct WaitRequest {
    std::string ring;
    std::string guest;
    AwaitedState state = AwaitedState::off;
    std::chrono::nanoseconds timeout = std::chrono::seconds(60);
    Format format = Format::table;
};
int run_wait(const WaitRequest& request, const Console& console);

}  // namespace virtscope

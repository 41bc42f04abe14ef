// Terminal: draws screens and reads keys; the only file that knows ncurses is terminal.cpp.
//
// One at a time in a process. The terminal is as it was before once the object is gone. Signals that
// end or resize are taken as events, so that there is no way out that leaves the terminal raw.
#pragma once

#include <chrono>
#include <memory>
#include <variant>

#include "core/result.h"
#include "top/session/session.h"
#include "top/view/screen.h"

namespace virtscope::top {

struct Resized {};
struct Ended {};  // SIGINT, SIGTERM, SIGHUP, or the terminal is gone
struct TimeOver {};
using TerminalEvent = std::variant<Key, Resized, Ended, TimeOver>;

class Terminal {
public:
    // Errors: unsupported (standard input or output is no terminal, or $TERM names none that can be drawn on).
    static Result<Terminal> open();
    Terminal(Terminal&&) noexcept;
    Terminal& operator=(Terminal&&) noexcept;
    ~Terminal();

    Size size() const;
    void draw(const Screen& screen);
    // Draws all of it again, whatever is believed to be there.
    void redraw(const Screen& screen);
    // The next thing that happens, at most until `until`.
    TerminalEvent wait(std::chrono::steady_clock::time_point until);

private:
    struct State;
    explicit Terminal(std::unique_ptr<State> state);
    std::unique_ptr<State> state_;
};

}  // namespace virtscope::top

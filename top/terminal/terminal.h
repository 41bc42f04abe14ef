// Terminal: draws screens and reads keys and the mouse.
//
// One at a time in a process. The terminal is as it was before once the object is gone, while the process is stopped
// (Ctrl-Z), and when it crashes. Signals that end or resize are taken as events. A terminal that does not read holds
// nothing up: screens that it has no room for are passed over, the newest is drawn when there is room.
#pragma once

#include <chrono>
#include <memory>
#include <variant>

#include "core/result.h"
#include "top/terminal/mouse.h"
#include "top/terminal/terminal_options.h"
#include "top/view/screen.h"

namespace virtscope::top {

struct Resized {};
struct Ended {};  // SIGINT, SIGTERM, SIGHUP, or the terminal is gone
struct TimeOver {};
using TerminalEvent = std::variant<Key, MouseEvent, Resized, Ended, TimeOver>;

class Terminal {
public:
    // Errors: malformed (no such theme, naming those there are), unsupported (standard input or output is no terminal,
    // or $TERM names none that can be drawn on), system.
    static Result<Terminal> open(const TerminalOptions& options = {});
    Terminal(Terminal&&) noexcept;
    Terminal& operator=(Terminal&&) noexcept;
    ~Terminal();

    Size size() const;
    // Or ASCII alone.
    bool draws_unicode() const;
    // On a terminal smaller than least_size a line is drawn instead that says so.
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

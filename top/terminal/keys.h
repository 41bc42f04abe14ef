// Keys: what was typed and what the mouse did, as ncurses reads it from standard input.
//
// One at a time, while a Display lives. Escape is told once nothing has followed it for 25 ms: so long next() may take.
#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "top/terminal/mouse.h"
#include "top/terminal/ncurses.h"

namespace virtscope::top {

class Keys {
public:
    using Time = std::chrono::steady_clock::time_point;

    explicit Keys(bool mouse);
    // None: nothing more has come.
    std::optional<InputEvent> next(Time now);

private:
    struct Delete {
        void operator()(WINDOW* window) const { ::delwin(window); }
    };

    std::optional<InputEvent> clicked(Time now);
    Key after_escape();

    std::unique_ptr<WINDOW, Delete> window_;  // a pad: reading from it draws nothing
    std::optional<MouseEvent> pressed_{};
    Time pressed_at_{};
};

}  // namespace virtscope::top

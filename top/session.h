// Session: what the user has chosen so far, and what a key changes in it. Knows nothing of the terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "top/delay.h"
#include "top/guests_view.h"
#include "top/move.h"

namespace virtscope::top {

enum class View : std::uint8_t { guests, help };

// A character typed, or one of these.
enum class Key : char32_t {
    up = 0x110000,
    down,
    page_up,
    page_down,
    home,
    end,
    backspace,
    other,  // a key that means nothing here
    enter = U'\r',
    escape = 0x1b,
    redraw = 0x0c,  // ^L
};

struct Session {
    GuestsOptions guests{};
    std::chrono::nanoseconds delay = default_delay;
    View view = View::guests;
    std::size_t selected = 0;  // place in the order, not a guest: it stays when the order changes
    std::size_t first = 0;     // place of the first row on the screen
    std::optional<std::string> typed_delay{};  // while the user is asked for one
    std::string message{};       // about the last key
    bool quit = false;
    bool refresh = false;      // look again now
    bool in_history = false;   // what is shown is history: End leads out of it
    std::optional<Move> move{};  // go there now
};

// `page`: how many rows the screen shows.
void press(Session& session, Key key, std::size_t page);

// Keeps selection and window within `total` rows and the selection within the window.
void settle(Session& session, std::size_t total, std::size_t page);

}  // namespace virtscope::top

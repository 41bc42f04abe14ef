// Session: what the user has chosen so far, and what a key changes in it. Knows nothing of the terminal.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>

#include "top/options/delay.h"
#include "top/orders/menu.h"
#include "top/session/key.h"
#include "top/source/move.h"
#include "top/view/guests_view.h"

namespace virtscope::top {

enum class View : std::uint8_t { guests, help };

struct Session {
    GuestsOptions guests{};
    std::chrono::nanoseconds delay = default_delay;
    View view = View::guests;
    std::size_t selected = 0;      // place in the order
    std::size_t first = 0;         // place of the first row on the screen
    std::optional<Subject> bar{};  // whose row is there, as it was last shown; none: no guests
    // The bar goes where its guest goes. Not before somebody chose one: until then the first place is looked at.
    bool follows = false;
    std::optional<Menu> menu{};
    std::optional<OrderWanted> order{};        // to be given now
    std::string no_orders{};                   // why there can be no menu; empty: there can
    std::string status{};                      // what became of the last order
    std::optional<std::string> typed_delay{};  // while the user is asked for one
    std::string message{};                     // about the last key
    bool quit = false;
    bool refresh = false;        // look again now
    bool in_history = false;     // what is shown is history: End leads out of it
    std::optional<Move> move{};  // go there now
};

// `page`: how many rows the screen shows.
void press(Session& session, Key key, std::size_t page);

// Keeps selection and window within `total` rows and the selection within the window.
void settle(Session& session, std::size_t total, std::size_t page);

}  // namespace virtscope::top

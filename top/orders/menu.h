// Menu: the orders that a guest can be given, one of them chosen. It is of the moment it was opened in and does not
// change by itself, so that nothing moves under somebody's finger; what no longer makes sense the agent refuses.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "drivers/lifecycle.h"
#include "top/view/key.h"
#include "top/view/screen.h"

namespace virtscope::top {

// A guest as the screen showed it.
struct Subject {
    Uuid uuid;
    std::string name;  // hostile: to be made printable where it is shown
    std::uint64_t generation = 0;
    GuestState state = GuestState::unknown;
    std::size_t host = 0;             // its place in the scene
    std::string driver{}, machine{};  // as the roster has them
    std::int64_t local_id = 0;
};

struct Menu {
    Subject guest;
    std::vector<Verb> verbs;  // of a menu that is shown never empty
    std::size_t at = 0;       // the chosen one
    bool asks = false;        // whether it is really meant
};

struct OrderWanted {
    Subject guest;
    Verb verb = Verb::start;
};

// What makes sense in a state; all that may do where it is not known.
std::vector<Verb> orders_for(GuestState state);

// Of these, those that the guest's driver knows; none for Domain-0, which is the host itself.
Menu menu_of(Subject guest);

// What a key leads to: the menu stays open unless it is left or an order is given.
struct MenuStep {
    bool closes = false;
    std::optional<OrderWanted> order{};
    std::string message{};
};
MenuStep press(Menu& menu, Key key);

// At most `size.rows` lines; however few, the chosen order or the question is among them.
std::vector<Line> menu_lines(const Menu& menu, Size size);

}  // namespace virtscope::top

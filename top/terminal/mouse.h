// What comes from a terminal: keys, and what the mouse did.
#pragma once

#include <cstddef>
#include <cstdint>
#include <variant>

#include "top/view/key.h"

namespace virtscope::top {

struct MouseEvent {
    enum class Kind : std::uint8_t { press, double_press, wheel_up, wheel_down };
    std::size_t row = 0;
    std::size_t column = 0;
    // Of the left button; a second press on the same cell soon after the first is a double one.
    Kind kind = Kind::press;

    bool operator==(const MouseEvent&) const = default;
};
using InputEvent = std::variant<Key, MouseEvent>;

}  // namespace virtscope::top

// Key: a character typed, or one of these.
#pragma once

namespace virtscope::top {

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

constexpr bool is_enter(Key key) { return key == Key::enter || key == Key{U'\n'}; }

}  // namespace virtscope::top

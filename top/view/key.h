// Key: a character typed, or one of these.
#pragma once

namespace virtscope::top {

enum class Key : char32_t {
    up = 0x110000,
    down,
    left,
    right,
    page_up,
    page_down,
    home,
    end,
    insert,
    del,  // Delete, forward
    back_tab,
    backspace,
    ctrl_up,
    ctrl_down,
    ctrl_left,
    ctrl_right,
    f1,
    f2,
    f3,
    f4,
    f5,
    f6,
    f7,
    f8,
    f9,
    f10,
    f11,
    f12,
    other,  // a key that means nothing here
    enter = U'\r',
    escape = 0x1b,
    tab = U'\t',
    redraw = 0x0c,  // ^L
};

constexpr bool is_enter(Key key) { return key == Key::enter || key == Key{U'\n'}; }

// The character, if it is one that can be written in a line.
constexpr char32_t character_of(Key key) {
    const auto code = static_cast<char32_t>(key);
    return code >= U' ' && code != 0x7f && code < 0x110000 ? code : U'\0';
}

}  // namespace virtscope::top

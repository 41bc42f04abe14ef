#include "top/terminal/sequences.h"

#include <array>
#include <charconv>

namespace virtscope::top {
namespace {

Key key_of_letter(char final) {
    switch (final) {
        case 'A': return Key::up;
        case 'B': return Key::down;
        case 'C': return Key::right;
        case 'D': return Key::left;
        case 'H': return Key::home;
        case 'F': return Key::end;
        case 'Z': return Key::back_tab;
        case 'P': return Key::f1;
        case 'Q': return Key::f2;
        case 'R': return Key::f3;
        case 'S': return Key::f4;
        case 'M': return Key::enter;  // of the number pad
        default: return Key::other;
    }
}

Key key_of_number(unsigned number) {
    constexpr std::array keys{Key::other, Key::home,  Key::insert, Key::del,   Key::end, Key::page_up, Key::page_down,
                              Key::home,  Key::end,   Key::other,  Key::other, Key::f1,  Key::f2,      Key::f3,
                              Key::f4,    Key::f5,    Key::other,  Key::f6,    Key::f7,  Key::f8,      Key::f9,
                              Key::f10,   Key::other, Key::f11,    Key::f12};
    return number < keys.size() ? keys[number] : Key::other;
}

Key with_ctrl(Key key) {
    switch (key) {
        case Key::up: return Key::ctrl_up;
        case Key::down: return Key::ctrl_down;
        case Key::left: return Key::ctrl_left;
        case Key::right: return Key::ctrl_right;
        default: return key;
    }
}

unsigned number_at(std::string_view parameters) {
    unsigned number = 0;
    std::from_chars(parameters.data(), parameters.data() + parameters.size(), number);
    return number;
}

}  // namespace

Key key_of_csi(std::string_view parameters, char final) {
    const Key key = final == '~' ? key_of_number(number_at(parameters)) : key_of_letter(final);
    const std::size_t second = parameters.find(';');
    if (second == parameters.npos) return key;
    const unsigned modifiers = number_at(parameters.substr(second + 1));
    return modifiers > 1 && ((modifiers - 1) & 4) != 0 ? with_ctrl(key) : key;
}

Key key_of_ss3(char final) {
    if (final >= 'a' && final <= 'd') return with_ctrl(key_of_letter(static_cast<char>(final - 'a' + 'A')));
    return key_of_letter(final);
}

}  // namespace virtscope::top

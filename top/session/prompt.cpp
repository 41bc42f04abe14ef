#include "top/session/prompt.h"

namespace virtscope::top {
namespace {

constexpr std::size_t longest = 200;  // bytes

void append(std::string& text, char32_t code) {
    const auto byte = [&](char32_t value) { text += static_cast<char>(value); };
    if (code < 0x80) return byte(code);
    if (code < 0x800) {
        byte(0xc0 | code >> 6);
    } else {
        if (code < 0x10000) {
            byte(0xe0 | code >> 12);
        } else {
            byte(0xf0 | code >> 18);
            byte(0x80 | (code >> 12 & 0x3f));
        }
        byte(0x80 | (code >> 6 & 0x3f));
    }
    byte(0x80 | (code & 0x3f));
}

void drop_last(std::string& text) {
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0xc0) == 0x80) text.pop_back();
    if (!text.empty()) text.pop_back();
}

}  // namespace

Typed press(Prompt& prompt, Key key) {
    if (is_enter(key)) return Typed::done;
    if (key == Key::escape) return Typed::left;
    if (key == Key::backspace) drop_last(prompt.typed);
    if (key == Key::del) prompt.typed.clear();
    const char32_t code = character_of(key);
    if (code != 0 && prompt.typed.size() < longest) append(prompt.typed, code);
    return Typed::more;
}

}  // namespace virtscope::top

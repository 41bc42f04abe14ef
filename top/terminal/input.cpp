#include "top/terminal/input.h"

#include <charconv>
#include <utility>

#include "core/text.h"
#include "top/terminal/sequences.h"

namespace virtscope::top {
namespace {

using namespace std::chrono_literals;
constexpr auto escape_delay = 25ms;
// Slow lines tear sequences; a person does not type two keys of one within this.
constexpr auto sequence_delay = 400ms;
constexpr auto double_within = 400ms;
constexpr std::size_t longest_sequence = 64;
constexpr char escape = '\33';

bool is_parameter(char c) { return c >= 0x20 && c <= 0x3f; }
bool is_final(char c) { return c >= 0x40 && c <= 0x7e; }

// How many bytes a character takes that begins like this; 1 for what begins none.
std::size_t length_of(unsigned char first) {
    if (first >= 0xf0 && first < 0xf8) return 4;
    if (first >= 0xe0 && first < 0xf0) return 3;
    return first >= 0xc2 && first < 0xe0 ? 2 : 1;
}

// Buttons: 0 left, 64 and 65 the wheel; 4, 8 and 16 are held keys, 32 is a move.
std::optional<InputEvent> mouse_event(unsigned button, std::size_t column, std::size_t row) {
    if (column == 0 || row == 0 || (button & 32U) != 0) return std::nullopt;
    MouseEvent event{.row = row - 1, .column = column - 1};
    switch (button & ~28U) {
        case 0: return event;
        case 64: event.kind = MouseEvent::Kind::wheel_up; return event;
        case 65: event.kind = MouseEvent::Kind::wheel_down; return event;
        default: return std::nullopt;
    }
}

}  // namespace

void Input::feed(std::string_view bytes, Time now) {
    bytes_.erase(0, std::exchange(at_, 0));
    bytes_ += bytes;
    last_ = now;
}

std::optional<Input::Time> Input::due() const {
    if (left().empty()) return std::nullopt;
    return last_ + (left() == "\33" ? escape_delay : sequence_delay);
}

std::optional<InputEvent> Input::next(Time now) {
    while (!left().empty()) {
        Token found = token();
        if (found.bytes == 0 && now < *due()) return std::nullopt;
        if (found.bytes == 0) found = cut_short();
        at_ += found.bytes;
        if (found.event) return counted(*found.event, now);
    }
    return std::nullopt;
}

// Nothing followed: Escape itself, or half of something.
Input::Token Input::cut_short() const {
    if (left() == "\33") return {1, Key::escape};
    return {left().size(), Key::other};
}

Input::Token Input::token() const {
    if (left().front() == escape) return sequence();
    const auto first = static_cast<unsigned char>(left().front());
    if (first == 0x7f || first == 0x08) return {1, Key::backspace};
    if (first == 0) return {1, Key::other};
    if (first < 0x80) return {1, Key{first}};
    const std::size_t bytes = length_of(first);
    if (left().size() < bytes) return {};
    const Glyph glyph = glyph_at(left(), 0);
    return {glyph.bytes, glyph.code == U'?' ? Key::other : Key{glyph.code}};
}

Input::Token Input::named() const {
    Token best;
    for (const auto& [sent, key] : names_) {
        if (left().starts_with(sent) && sent.size() > best.bytes) best = {sent.size(), key};
    }
    return best;
}

Input::Token Input::sequence() const {
    if (const Token found = named(); found.bytes != 0) return found;
    const std::string_view bytes = left();
    if (bytes.size() < 2) return {};
    if (bytes[1] == 'O') return bytes.size() < 3 ? Token{} : Token{3, key_of_ss3(bytes[2])};
    if (bytes[1] != '[') return {1, Key::escape};
    if (bytes.size() > 2 && bytes[2] == '[') return bytes.size() < 4 ? Token{} : Token{4, Key::other};
    std::size_t end = 2;
    while (end < bytes.size() && is_parameter(bytes[end])) ++end;
    if (end > longest_sequence) return {end, Key::other};
    if (end == bytes.size()) return {};
    if (!is_final(bytes[end])) return {end, Key::other};
    const std::string_view parameters = bytes.substr(2, end - 2);
    if (parameters.starts_with('<') || (parameters.empty() && bytes[end] == 'M')) return mouse(parameters, bytes[end]);
    return {end + 1, key_of_csi(parameters, bytes[end])};
}

// ESC [ < button ; column ; row M (m: released), or ESC [ M and three bytes, each 32 more than what it says.
Input::Token Input::mouse(std::string_view parameters, char final) const {
    if (parameters.empty()) {
        if (left().size() < 6) return {};
        const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(left()[at]); };
        if (byte(3) < 32 || byte(4) < 32 || byte(5) < 32) return {6};
        return {6, mouse_event(byte(3) - 32U, byte(4) - 32U, byte(5) - 32U)};
    }
    unsigned numbers[3] = {0, 0, 0};
    const char* at = parameters.data() + 1;
    const char* const end = parameters.data() + parameters.size();
    for (unsigned& number : numbers) {
        const auto [next, error] = std::from_chars(at, end, number);
        if (error != std::errc{}) break;
        at = next < end && *next == ';' ? next + 1 : next;
    }
    Token token{parameters.size() + 3};
    if (final == 'M' && at == end) token.event = mouse_event(numbers[0], numbers[1], numbers[2]);
    return token;
}

InputEvent Input::counted(InputEvent event, Time now) {
    auto* const mouse = std::get_if<MouseEvent>(&event);
    if (mouse == nullptr || mouse->kind != MouseEvent::Kind::press) return event;
    if (pressed_ == *mouse && now - pressed_at_ <= double_within) {
        pressed_.reset();
        mouse->kind = MouseEvent::Kind::double_press;
        return event;
    }
    pressed_ = *mouse;
    pressed_at_ = now;
    return event;
}

}  // namespace virtscope::top

#include "top/terminal/keys.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>
#include <unistr.h>

#include "core/text.h"

namespace virtscope::top {
namespace {

using namespace std::chrono_literals;
constexpr int escape_delay_ms = 25;
constexpr auto double_within = 400ms;
constexpr wint_t escape = 0x1b;
constexpr mmask_t presses = BUTTON1_PRESSED | BUTTON2_PRESSED | BUTTON3_PRESSED | BUTTON4_PRESSED | BUTTON5_PRESSED;
constexpr mmask_t releases =
    BUTTON1_RELEASED | BUTTON2_RELEASED | BUTTON3_RELEASED | BUTTON4_RELEASED | BUTTON5_RELEASED;

constexpr int ctrl_up = KEY_MAX + 1, ctrl_down = KEY_MAX + 2, ctrl_left = KEY_MAX + 3, ctrl_right = KEY_MAX + 4;

// What terminals send whatever terminfo says of them, and what it has no standard name for.
void know_more_keys() {
    constexpr std::array<std::pair<const char*, int>, 17> sent{{{"\33[A", KEY_UP},
                                                                {"\33[B", KEY_DOWN},
                                                                {"\33[C", KEY_RIGHT},
                                                                {"\33[D", KEY_LEFT},
                                                                {"\33[H", KEY_HOME},
                                                                {"\33[F", KEY_END},
                                                                {"\33[1~", KEY_HOME},
                                                                {"\33[4~", KEY_END},
                                                                {"\33OH", KEY_HOME},
                                                                {"\33OF", KEY_END},
                                                                {"\33OM", KEY_ENTER},
                                                                {"\33[1;5A", ctrl_up},
                                                                {"\33[1;5B", ctrl_down},
                                                                {"\33[1;5D", ctrl_left},
                                                                {"\33[1;5C", ctrl_right},
                                                                {"\33Od", ctrl_left},
                                                                {"\33Oc", ctrl_right}}};
    for (const auto& [bytes, code] : sent) ::define_key(bytes, code);
}

Key key_of_code(int code) {
    constexpr std::array<std::pair<int, Key>, 19> known{{{KEY_UP, Key::up},
                                                         {KEY_DOWN, Key::down},
                                                         {KEY_LEFT, Key::left},
                                                         {KEY_RIGHT, Key::right},
                                                         {KEY_PPAGE, Key::page_up},
                                                         {KEY_NPAGE, Key::page_down},
                                                         {KEY_HOME, Key::home},
                                                         {KEY_END, Key::end},
                                                         {KEY_IC, Key::insert},
                                                         {KEY_DC, Key::del},
                                                         {KEY_BTAB, Key::back_tab},
                                                         {KEY_BACKSPACE, Key::backspace},
                                                         {KEY_ENTER, Key::enter},
                                                         {KEY_SR, Key::up},  // with Shift
                                                         {KEY_SF, Key::down},
                                                         {ctrl_up, Key::ctrl_up},
                                                         {ctrl_down, Key::ctrl_down},
                                                         {ctrl_left, Key::ctrl_left},
                                                         {ctrl_right, Key::ctrl_right}}};
    constexpr auto f1 = static_cast<std::uint32_t>(Key::f1);
    if (code >= KEY_F(1) && code <= KEY_F(12)) return Key{f1 + static_cast<std::uint32_t>(code - KEY_F(1))};
    const auto found = std::find_if(known.begin(), known.end(), [&](const auto& key) { return key.first == code; });
    return found == known.end() ? Key::other : found->second;
}

Key key_of_character(char32_t character) {
    if (character == 0x7f || character == 0x08) return Key::backspace;
    if (character == 0) return Key::other;
    if (character < 0x80) return Key{character};
    std::uint8_t bytes[6];
    const int length = u8_uctomb(bytes, character, sizeof bytes);
    if (length <= 0) return Key::other;
    const std::string_view text(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
    return glyph_at(text, 0).code == character ? Key{character} : Key::other;
}

std::optional<MouseEvent> event_of(const MEVENT& mouse) {
    MouseEvent event{.row = static_cast<std::size_t>(mouse.y), .column = static_cast<std::size_t>(mouse.x)};
    if (mouse.y < 0 || mouse.x < 0) return std::nullopt;
    if ((mouse.bstate & BUTTON1_PRESSED) != 0) return event;
    const bool up = (mouse.bstate & BUTTON4_PRESSED) != 0;
    event.kind = up ? MouseEvent::Kind::wheel_up : MouseEvent::Kind::wheel_down;
    return up || (mouse.bstate & BUTTON5_PRESSED) != 0 ? std::optional(event) : std::nullopt;
}

// ncurses reads again where what came was cut short, or is nothing it tells; it is not to wait there. The terminal's
// description is shared with other programs (the shell), so it is non-blocking only meanwhile.
class WithoutWaiting {
public:
    WithoutWaiting() { set(1); }
    WithoutWaiting(const WithoutWaiting&) = delete;
    WithoutWaiting& operator=(const WithoutWaiting&) = delete;
    ~WithoutWaiting() { set(0); }

private:
    static void set(int on) { ::ioctl(STDIN_FILENO, FIONBIO, &on); }
};

}  // namespace

Keys::Keys(bool mouse) : window_(::newpad(1, 1)) {
    ::set_escdelay(escape_delay_ms);
    ::nodelay(window_.get(), TRUE);
    ::keypad(window_.get(), TRUE);
    know_more_keys();
    ::mouseinterval(0);  // a press is told when it is made
    ::nonl();            // Enter is not a line feed
    // Releases and other buttons too, since ncurses goes on reading after what was not asked for; no clicks, since it
    // would make those of presses.
    if (mouse) ::mousemask(presses | releases, nullptr);
}

std::optional<InputEvent> Keys::next(Time now) {
    const WithoutWaiting guard;
    while (true) {
        if (auto event = clicked(now)) return event;
        wint_t code = 0;
        const int kind = ::wget_wch(window_.get(), &code);
        if (kind == ERR) return std::nullopt;
        if (kind != KEY_CODE_YES) return code == escape ? after_escape() : key_of_character(code);
        if (code != KEY_MOUSE && code != KEY_RESIZE) return key_of_code(static_cast<int>(code));
    }
}

std::optional<InputEvent> Keys::clicked(Time now) {
    MEVENT mouse{};
    while (::getmouse(&mouse) == OK) {
        auto event = event_of(mouse);
        if (!event || event->kind != MouseEvent::Kind::press) {
            if (event) return event;
            continue;
        }
        const bool second = pressed_ == event && now - pressed_at_ <= double_within;
        pressed_ = second ? std::nullopt : event;
        pressed_at_ = now;
        if (second) event->kind = MouseEvent::Kind::double_press;
        return event;
    }
    return std::nullopt;
}

// Escape itself, or a sequence that ncurses does not know: its characters are not what somebody typed.
Key Keys::after_escape() {
    wint_t code = 0;
    const int kind = ::wget_wch(window_.get(), &code);
    if (kind == ERR) return Key::escape;
    if (kind == KEY_CODE_YES) {
        ::ungetch(static_cast<int>(code));
        return Key::escape;
    }
    if (code != L'[' && code != L'O') {
        ::unget_wch(static_cast<wchar_t>(code));
        return Key::escape;
    }
    const bool is_long = code == L'[';
    while (::wget_wch(window_.get(), &code) == OK && is_long && code < 0x40) continue;
    return Key::other;
}

}  // namespace virtscope::top

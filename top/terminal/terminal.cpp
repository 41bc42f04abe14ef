#include "top/terminal/terminal.h"

#include <cerrno>
#include <clocale>
#include <cstdlib>
#include <cstring>
#include <cwchar>

#include <curses.h>
#include <langinfo.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <term.h>
#include <unistd.h>

// <term.h> defines these as macros.
#undef lines
#undef columns

#include "core/text.h"
#include "top/terminal/signals.h"

namespace virtscope::top {
namespace {

using Clock = std::chrono::steady_clock;

attr_t attributes(Style style) {
    switch (style) {
        case Style::heading:
        case Style::selected: return A_REVERSE;
        case Style::selected_stale: return A_REVERSE | A_DIM;
        case Style::stale:
        case Style::dim: return A_DIM;
        case Style::warning:
        case Style::critical: return A_BOLD;
        default: break;
    }
    return A_NORMAL;
}

// Bytes of UTF-8 are not to be sent to a terminal that takes them for something else: among them are
// control characters of eight-bit terminals.
bool terminal_takes_utf8() { return std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0; }

std::string ascii_only(const std::string& text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x80) out += c;
        if (byte >= 0xc0) out += '?';
    }
    return out;
}

Result<> check_terminal() {
    constexpr const char* instead = "use -b, --stream, or --script with --csv FILE";
    if (::isatty(STDOUT_FILENO) == 0)
        return fail(ErrorKind::unsupported, "standard output is no terminal: {}", instead);
    if (::isatty(STDIN_FILENO) == 0) return fail(ErrorKind::unsupported, "standard input is no terminal: {}", instead);
    const char* const term = std::getenv("TERM");
    int found = 0;
    const bool known = term != nullptr && *term != '\0' && ::setupterm(nullptr, STDOUT_FILENO, &found) == OK;
    if (!known || ::tigetstr("cup") == nullptr) {
        return fail(ErrorKind::unsupported, "TERM='{}': not a terminal that can be drawn on: {}",
                    printable(term != nullptr ? term : "", 40), instead);
    }
    return {};
}

Key key_of(wint_t code, bool is_function) {
    if (!is_function) return code == 0x7f || code == 0x08 ? Key::backspace : Key{static_cast<char32_t>(code)};
    switch (code) {
        case KEY_UP: return Key::up;
        case KEY_DOWN: return Key::down;
        case KEY_PPAGE: return Key::page_up;
        case KEY_NPAGE: return Key::page_down;
        case KEY_HOME: return Key::home;
        case KEY_END: return Key::end;
        case KEY_BACKSPACE: return Key::backspace;
        case KEY_ENTER: return Key::enter;
        default: return Key::other;
    }
}

}  // namespace

struct Terminal::State {
    explicit State(Signals taken) : signals(std::move(taken)) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;
    ~State() {
        if (screen == nullptr) return;
        ::endwin();
        ::delscreen(screen);
    }

    void resize();
    std::optional<TerminalEvent> pending();

    Signals signals;
    SCREEN* screen = nullptr;
    bool utf8 = terminal_takes_utf8();
    int fruitless = 0;  // wake-ups for a key that was none
};

Terminal::Terminal(std::unique_ptr<State> state) : state_(std::move(state)) {}
Terminal::Terminal(Terminal&&) noexcept = default;
Terminal& Terminal::operator=(Terminal&&) noexcept = default;
Terminal::~Terminal() = default;

Result<Terminal> Terminal::open() {
    if (auto fit = check_terminal(); !fit) return std::unexpected(fit.error());
    auto signals = Signals::take();
    if (!signals) return std::unexpected(signals.error());
    auto state = std::make_unique<State>(std::move(*signals));
    state->screen = ::newterm(nullptr, stdout, stdin);
    if (state->screen == nullptr) return fail(ErrorKind::unsupported, "the terminal cannot be set up: use -b");
    ::cbreak();
    ::noecho();
    ::nonl();
    ::nodelay(stdscr, TRUE);
    ::keypad(stdscr, TRUE);
    ::set_escdelay(25);
    ::curs_set(0);
    state->resize();
    return Terminal(std::move(state));
}

// SIGWINCH is read by us, so ncurses has to be told.
void Terminal::State::resize() {
    winsize now{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) == 0 && now.ws_row > 0 && now.ws_col > 0) {
        ::resizeterm(now.ws_row, now.ws_col);
    }
}

Size Terminal::size() const {
    return {static_cast<std::size_t>(std::max(getmaxy(stdscr), 1)),
            static_cast<std::size_t>(std::max(getmaxx(stdscr), 1))};
}

void Terminal::draw(const Screen& screen) {
    ::werase(stdscr);
    const std::size_t width = size().columns;
    int row = 0;
    for (const Line& line : screen.lines) {
        std::string text = state_->utf8 ? line.text : ascii_only(line.text);
        const attr_t attribute = attributes(line.style);
        // A bar reaches over the whole line.
        if ((attribute & A_REVERSE) != 0) text = fit(text, width);
        ::wattrset(stdscr, static_cast<int>(attribute));
        mvwaddstr(stdscr, row++, 0, text.c_str());
    }
    ::wattrset(stdscr, static_cast<int>(A_NORMAL));
    ::wrefresh(stdscr);
}

void Terminal::redraw(const Screen& screen) {
    ::clearok(stdscr, TRUE);
    draw(screen);
}

// What ncurses has in its own buffer, then signals.
std::optional<TerminalEvent> Terminal::State::pending() {
    wint_t code = 0;
    const int got = ::wget_wch(stdscr, &code);
    if (got != ERR) {
        fruitless = 0;
        if (got == KEY_CODE_YES && code == KEY_RESIZE) return Resized{};
        return key_of(code, got == KEY_CODE_YES);
    }
    const auto signal = signals.next();
    if (!signal) return std::nullopt;
    if (*signal != SIGWINCH) return Ended{};
    resize();
    return Resized{};
}

TerminalEvent Terminal::wait(Clock::time_point until) {
    while (true) {
        if (auto event = state_->pending()) return *event;
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
        if (left.count() <= 0) return TimeOver{};
        pollfd sources[2] = {{STDIN_FILENO, POLLIN, 0}, {state_->signals.fd(), POLLIN, 0}};
        constexpr std::chrono::milliseconds longest = std::chrono::hours(1);
        const int ready = ::poll(sources, 2, static_cast<int>(std::min(left, longest).count()));
        if (ready < 0 && errno != EINTR) return Ended{};
        if (ready <= 0) continue;
        constexpr int most_fruitless = 100;  // readable, yet never a key: the terminal is gone
        const bool readable = (sources[0].revents & POLLIN) != 0;
        if ((sources[0].revents & (POLLHUP | POLLERR | POLLNVAL)) != 0) return Ended{};
        if (readable && ++state_->fruitless > most_fruitless) return Ended{};
    }
}

}  // namespace virtscope::top

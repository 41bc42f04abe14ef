#include "top/terminal/terminal.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <langinfo.h>
#include <poll.h>
#include <unistd.h>

#include "core/text.h"
#include "top/terminal/display.h"
#include "top/terminal/keys.h"
#include "top/terminal/paint.h"
#include "top/terminal/signals.h"
#include "top/terminal/tty.h"

namespace virtscope::top {
namespace {

using Clock = std::chrono::steady_clock;

// Bytes of UTF-8 are not to be sent to a terminal that takes them for something else: among them are
// control characters of eight-bit terminals.
Alphabet alphabet_of(const TerminalOptions& options) {
    const bool utf8 = std::strcmp(::nl_langinfo(CODESET), "UTF-8") == 0;
    return utf8 && !options.ascii ? Alphabet::unicode : Alphabet::ascii;
}

Result<const Theme*> theme_of(const TerminalOptions& options) {
    if (options.theme.empty()) return find_theme(theme_names().front());
    if (const Theme* const theme = find_theme(options.theme)) return theme;
    std::string known;
    for (const std::string_view name : theme_names()) known += (known.empty() ? "" : ", ") + std::string(name);
    return fail(ErrorKind::malformed, "theme '{}': must be one of {}", printable(options.theme, 40), known);
}

bool is_small(Size size) { return size.rows < least_size.rows || size.columns < least_size.columns; }

}  // namespace

struct Terminal::State {
    State(Signals taken, Entry chosen, Display made, const termios& modes, const Theme& theme,
          const TerminalOptions& options)
        : entry(std::move(chosen)),
          alphabet(alphabet_of(options)),
          signals(std::move(taken)),
          display(std::move(made)),
          pens(theme, entry.depth),
          tty(entry.able, modes),
          keys(entry.able.has_mouse) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void fit();
    bool send();
    std::optional<TerminalEvent> told(int signal);
    std::optional<TerminalEvent> pending();
    bool listen(std::chrono::milliseconds most) const;

    Entry entry;
    Alphabet alphabet;
    Signals signals;
    Display display;
    Pens pens;
    Tty tty;
    Keys keys;
    Size size{0, 0};
    std::optional<Screen> wanted{};  // none: it is shown, or on its way
};

Terminal::Terminal(std::unique_ptr<State> state) : state_(std::move(state)) {}
Terminal::Terminal(Terminal&&) noexcept = default;
Terminal& Terminal::operator=(Terminal&&) noexcept = default;
Terminal::~Terminal() = default;

Result<Terminal> Terminal::open(const TerminalOptions& options) {
    const auto theme = theme_of(options);
    if (!theme) return std::unexpected(theme.error());
    const auto modes = Tty::modes();
    if (!modes) return std::unexpected(modes.error());
    auto entry = choose_entry(**theme, options);
    if (!entry) return std::unexpected(entry.error());
    auto signals = Signals::take();  // before ncurses, which takes those that nobody has
    if (!signals) return std::unexpected(signals.error());
    auto display = Display::open(*entry);
    if (!display) return std::unexpected(display.error());
    auto state =
        std::make_unique<State>(std::move(*signals), std::move(*entry), std::move(*display), *modes, **theme, options);
    state->tty.enter();
    state->fit();
    return Terminal(std::move(state));
}

Size Terminal::size() const { return state_->size; }

bool Terminal::draws_unicode() const { return state_->alphabet == Alphabet::unicode; }

void Terminal::draw(const Screen& screen) {
    state_->wanted = screen;
    (void)state_->send();  // that it is gone is noticed by whoever waits
}

void Terminal::redraw(const Screen& screen) {
    state_->display.forget();
    draw(screen);
}

void Terminal::State::fit() {
    const Size now = tty.size();
    if (now.rows == size.rows && now.columns == size.columns) return;
    size = now;
    display.resize(size);
    display.forget();
}

// What is on its way is written first: until then a newer screen takes the place of one that waits.
bool Terminal::State::send() {
    if (!tty.outlet.pump()) return false;
    if (!tty.outlet.is_empty() || !wanted) return true;
    paint(is_small(size) ? too_small(size) : *wanted, size, pens, alphabet);
    wanted.reset();
    tty.outlet.put(display.update());
    return tty.outlet.pump();
}

std::optional<TerminalEvent> Terminal::State::told(int signal) {
    switch (signal) {
        case SIGTSTP:
            tty.leave();
            signals.stop();
            [[fallthrough]];
        case SIGCONT:
            tty.enter();
            display.forget();
            [[fallthrough]];
        case SIGWINCH: fit(); return Resized{};
        default: return Ended{};
    }
}

// Signals before keys: however many of those there are.
std::optional<TerminalEvent> Terminal::State::pending() {
    if (const auto signal = signals.next()) return told(*signal);
    while (const auto event = keys.next(Clock::now())) {
        if (const Key* const key = std::get_if<Key>(&*event)) return *key;
        const MouseEvent& mouse = std::get<MouseEvent>(*event);
        const bool is_inside = mouse.row < size.rows && mouse.column < size.columns;
        if (is_inside && !is_small(size)) return mouse;
    }
    return std::nullopt;
}

// False: the terminal is gone.
bool Terminal::State::listen(std::chrono::milliseconds most) const {
    const bool writes = !tty.outlet.is_empty();
    pollfd sources[3] = {
        {STDIN_FILENO, POLLIN, 0}, {signals.fd(), POLLIN, 0}, {writes ? tty.outlet.fd() : -1, POLLOUT, 0}};
    if (::poll(sources, 3, static_cast<int>(most.count())) < 0) return errno == EINTR;
    constexpr short gone = POLLHUP | POLLERR | POLLNVAL;
    return ((sources[0].revents | sources[2].revents) & gone) == 0;
}

TerminalEvent Terminal::wait(Clock::time_point until) {
    while (true) {
        if (!state_->send()) return Ended{};
        if (auto event = state_->pending()) return *event;
        const auto now = Clock::now();
        if (now >= until) return TimeOver{};
        constexpr std::chrono::milliseconds longest = std::chrono::hours(1);
        const auto most = std::chrono::ceil<std::chrono::milliseconds>(until - now);
        if (!state_->listen(std::clamp(most, std::chrono::milliseconds(0), longest))) return Ended{};
    }
}

}  // namespace virtscope::top

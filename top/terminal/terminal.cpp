#include "top/terminal/terminal.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <langinfo.h>
#include <poll.h>
#include <unistd.h>

#include "core/text.h"
#include "top/terminal/painter.h"
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

Depth depth_of_terminal(const Abilities& able, ColourChoice choice) {
    const auto variable = [](const char* name) {
        const char* const value = std::getenv(name);
        return std::string_view(value == nullptr ? "" : value);
    };
    return depth_of({.colours = able.colours,
                     .exact = able.exact_colours,
                     .term = able.name,
                     .colour_term = variable("COLORTERM"),
                     .no_color = variable("NO_COLOR"),
                     .in_tmux = !variable("TMUX").empty(),
                     .choice = choice});
}

bool is_small(Size size) { return size.rows < least_size.rows || size.columns < least_size.columns; }

}  // namespace

struct Terminal::State {
    State(Signals taken, Abilities can, const termios& modes, const Theme& theme, const TerminalOptions& options)
        : able(std::move(can)),
          looks(theme, depth_of_terminal(able, options.colour), able),
          alphabet(alphabet_of(options)),
          signals(std::move(taken)),
          tty(able, modes),
          painter(able, looks),
          input(able.keys) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    void want(const Screen& screen);
    bool send();
    std::optional<TerminalEvent> told(int signal);
    std::optional<TerminalEvent> pending();
    bool listen(std::chrono::milliseconds most);
    bool read();

    Abilities able;
    Looks looks;
    Alphabet alphabet;
    Signals signals;
    Tty tty;
    Painter painter;
    Input input;
    Size size{};
    Grid shown{};
    std::optional<Grid> wanted{};
    bool is_unsure = true;  // what is on the terminal
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
    auto able = abilities_of_terminal(options.mouse);
    if (!able) return std::unexpected(able.error());
    auto signals = Signals::take();
    if (!signals) return std::unexpected(signals.error());
    auto state = std::make_unique<State>(std::move(*signals), std::move(*able), *modes, **theme, options);
    state->tty.enter();
    state->size = state->tty.size();
    return Terminal(std::move(state));
}

Size Terminal::size() const { return state_->size; }

void Terminal::draw(const Screen& screen) { state_->want(screen); }

void Terminal::redraw(const Screen& screen) {
    state_->is_unsure = true;
    draw(screen);
}

void Terminal::State::want(const Screen& screen) {
    wanted = grid_of(is_small(size) ? too_small(size) : screen, size, looks, alphabet);
    (void)send();  // that it is gone is noticed by whoever waits
}

// What is on its way is written first: cells are changed from what the terminal will show then.
bool Terminal::State::send() {
    if (!tty.outlet.pump()) return false;
    if (!tty.outlet.is_empty() || !wanted) return true;
    const Size now = wanted->size();
    if (std::exchange(is_unsure, false) || now.rows != shown.size().rows || now.columns != shown.size().columns) {
        tty.outlet.put(painter.clear(now, shown));
    }
    tty.outlet.put(painter.change(shown, *wanted));
    wanted.reset();
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
            is_unsure = true;
            [[fallthrough]];
        case SIGWINCH: size = tty.size(); return Resized{};
        default: return Ended{};
    }
}

// Signals before keys: however many of those there are.
std::optional<TerminalEvent> Terminal::State::pending() {
    if (const auto signal = signals.next()) return told(*signal);
    while (const auto event = input.next(Clock::now())) {
        if (const Key* const key = std::get_if<Key>(&*event)) return *key;
        const MouseEvent& mouse = std::get<MouseEvent>(*event);
        const bool is_inside = mouse.row < size.rows && mouse.column < size.columns;
        if (is_inside && !is_small(size)) return mouse;
    }
    return std::nullopt;
}

// False: the terminal is gone.
bool Terminal::State::read() {
    std::array<char, 4096> buffer{};
    const Typed typed = read_without_waiting(STDIN_FILENO, buffer);
    if (!typed.bytes.empty()) input.feed(typed.bytes, Clock::now());
    return !typed.is_gone;
}

bool Terminal::State::listen(std::chrono::milliseconds most) {
    const bool writes = !tty.outlet.is_empty();
    pollfd sources[3] = {
        {STDIN_FILENO, POLLIN, 0}, {signals.fd(), POLLIN, 0}, {writes ? tty.outlet.fd() : -1, POLLOUT, 0}};
    if (::poll(sources, 3, static_cast<int>(most.count())) < 0) return errno == EINTR;
    constexpr short gone = POLLHUP | POLLERR | POLLNVAL;
    if (((sources[0].revents | sources[2].revents) & gone) != 0) return false;
    return (sources[0].revents & POLLIN) == 0 || read();
}

TerminalEvent Terminal::wait(Clock::time_point until) {
    while (true) {
        if (!state_->send()) return Ended{};
        if (auto event = state_->pending()) return *event;
        const auto now = Clock::now();
        if (now >= until) return TimeOver{};
        constexpr std::chrono::milliseconds longest = std::chrono::hours(1);
        const auto next = std::min(until, state_->input.due().value_or(until));
        const auto most = std::chrono::ceil<std::chrono::milliseconds>(next - now);
        if (!state_->listen(std::clamp(most, std::chrono::milliseconds(0), longest))) return Ended{};
    }
}

}  // namespace virtscope::top

// Terminal on a pty: what is typed and clicked; whatever comes, nothing is waited for without end.
#include "top/terminal/terminal.h"

#include <array>
#include <clocale>
#include <csignal>
#include <random>

#include <doctest/doctest.h>
#include <poll.h>
#include <pty.h>
#include <sys/ioctl.h>
#include <unistd.h>

using namespace virtscope::top;
using namespace std::chrono_literals;

namespace {

using Clock = std::chrono::steady_clock;
using Kind = MouseEvent::Kind;

// Standard input and output are a pty, with a Terminal on it.
class Bench {
public:
    explicit Bench(const char* term = "xterm-256color", const TerminalOptions& options = {}) {
        std::setlocale(LC_CTYPE, "C.UTF-8");
        ::setenv("TERM", term, 1);
        ::setenv("NCURSES_GPM_TERMS", "none", 1);  // as main() does
        winsize size{.ws_row = 30, .ws_col = 250, .ws_xpixel = 0, .ws_ypixel = 0};
        int slave = -1;
        REQUIRE(::openpty(&master_, &slave, nullptr, nullptr, &size) == 0);
        for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) {
            before_.at(static_cast<std::size_t>(fd)) = ::dup(fd);
            ::dup2(slave, fd);
        }
        ::close(slave);
        auto opened = Terminal::open(options);
        if (opened) terminal = std::make_unique<Terminal>(std::move(*opened));
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;
    ~Bench() {
        terminal.reset();
        for (const int fd : {STDIN_FILENO, STDOUT_FILENO}) {
            ::dup2(before_.at(static_cast<std::size_t>(fd)), fd);
            ::close(before_.at(static_cast<std::size_t>(fd)));
        }
        ::close(master_);
    }

    void type(std::string_view bytes) const {
        REQUIRE(::write(master_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    }
    // All that comes of it.
    std::vector<InputEvent> events(std::string_view bytes) {
        type(bytes);
        std::vector<InputEvent> all;
        while (true) {
            const TerminalEvent event = terminal->wait(Clock::now() + 5ms);
            if (const Key* const key = std::get_if<Key>(&event)) all.emplace_back(*key);
            if (const auto* const mouse = std::get_if<MouseEvent>(&event)) all.emplace_back(*mouse);
            if (std::holds_alternative<TimeOver>(event)) return all;
        }
    }
    // Comes in pieces, a moment later.
    std::string written() const {
        std::string all;
        char bytes[4096];
        for (pollfd ready{master_, POLLIN, 0}; ::poll(&ready, 1, 50) > 0;) {
            const auto got = ::read(master_, bytes, sizeof bytes);
            REQUIRE(got > 0);
            all.append(bytes, static_cast<std::size_t>(got));
        }
        return all;
    }
    void resize(unsigned short rows, unsigned short columns) const {
        const winsize size{.ws_row = rows, .ws_col = columns, .ws_xpixel = 0, .ws_ypixel = 0};
        ::ioctl(master_, TIOCSWINSZ, &size);
        ::raise(SIGWINCH);
    }

    std::unique_ptr<Terminal> terminal;

private:
    int master_ = -1;
    std::array<int, 2> before_{-1, -1};
};

using Events = std::vector<InputEvent>;

}  // namespace

TEST_CASE("characters are themselves") {
    Bench bench;
    CHECK(bench.events("q") == Events{Key{U'q'}});
    CHECK(bench.events("\r") == Events{Key::enter});
    CHECK(bench.events("\t") == Events{Key::tab});
    CHECK(bench.events("\x0c") == Events{Key::redraw});
    CHECK(bench.events("\x7f") == Events{Key::backspace});
    CHECK(bench.events("\b") == Events{Key::backspace});
    CHECK(bench.events("é") == Events{Key{U'é'}});
    CHECK(bench.events("中") == Events{Key{U'中'}});
    CHECK(bench.events("\u202e") == Events{Key::other});
    CHECK(bench.events(std::string_view("\0", 1)) == Events{Key::other});
    CHECK(bench.events("ab") == Events{Key{U'a'}, Key{U'b'}});
}

TEST_CASE("keys, as terminfo has them and as terminals send them otherwise") {
    const std::pair<std::string_view, Key> sent[]{
        {"\33[A", Key::up},           {"\33OA", Key::up},         {"\33[B", Key::down},
        {"\33OD", Key::left},         {"\33[C", Key::right},      {"\33[H", Key::home},
        {"\33OH", Key::home},         {"\33[1~", Key::home},      {"\33[F", Key::end},
        {"\33[4~", Key::end},         {"\33[2~", Key::insert},    {"\33[3~", Key::del},
        {"\33[5~", Key::page_up},     {"\33[6~", Key::page_down}, {"\33[Z", Key::back_tab},
        {"\33OP", Key::f1},           {"\33OS", Key::f4},         {"\33[15~", Key::f5},
        {"\33[20~", Key::f9},         {"\33[24~", Key::f12},      {"\33[1;5A", Key::ctrl_up},
        {"\33[1;5B", Key::ctrl_down}, {"\33Oc", Key::ctrl_right}, {"\33[1;5D", Key::ctrl_left},
        {"\33[1;2A", Key::up},        {"\33OM", Key::enter},      {"\33[99~", Key::other},
        {"\33[1;5x", Key::other}};
    for (const char* const term : {"xterm-256color", "screen-256color", "tmux-256color"}) {
        Bench bench(term);
        for (const auto& [bytes, expected] : sent) {
            INFO(term << " " << bytes.substr(1));
            if (bytes == "\33[1;2A" && !std::string_view(term).starts_with("xterm")) continue;
            CHECK(bench.events(bytes) == Events{expected});
        }
    }
}

TEST_CASE("Escape is a key if nothing follows soon") {
    Bench bench;
    CHECK(bench.events("\33") == Events{Key::escape});
    CHECK(bench.events("\33q") == Events{Key::escape, Key{U'q'}});
    CHECK(bench.events("\33[99~\33[A") == Events{Key::other, Key::up});
}

TEST_CASE("the mouse: presses, a double one, the wheel") {
    Bench bench;
    const MouseEvent press{.row = 4, .column = 9};
    CHECK(bench.events("\33[<0;10;5M\33[<0;10;5m") == Events{press});
    CHECK(bench.events("\33[<0;10;5M\33[<0;10;5m") == Events{MouseEvent{4, 9, Kind::double_press}});
    CHECK(bench.events("\33[<0;10;5M\33[<0;10;5m") == Events{press});
    CHECK(bench.events("\33[<0;11;5M\33[<0;11;5m") == Events{MouseEvent{4, 10}});
    CHECK(bench.events("\33[<2;10;5M\33[<2;10;5m").empty());
    CHECK(bench.events("\33[<64;1;1M") == Events{MouseEvent{0, 0, Kind::wheel_up}});
    CHECK(bench.events("\33[<65;240;20M") == Events{MouseEvent{19, 239, Kind::wheel_down}});
    CHECK(bench.events("\33[<0;251;31M").empty());
    CHECK(bench.events("\33[<0;0;0M").empty());
    CHECK(bench.events("q") == Events{Key{U'q'}});
}

TEST_CASE("the mouse of terminals that say it the old way") {
    for (const char* const term : {"screen-256color", "tmux-256color", "linux"}) {
        INFO(term);
        Bench bench(term);
        CHECK(bench.events("\33[M *%\33[M#*%") == Events{MouseEvent{4, 9}});
        CHECK(bench.events("\33[M`!!") == Events{MouseEvent{0, 0, Kind::wheel_up}});
        CHECK(bench.events("\33[Ma!!") == Events{MouseEvent{0, 0, Kind::wheel_down}});
    }
}

TEST_CASE("no mouse where none is wanted") {
    Bench bench("xterm-256color", {.mouse = false});
    bench.terminal->draw({.lines = {{"x"}}});
    CHECK(bench.written().find("1000h") == std::string::npos);
}

TEST_CASE("a new size is told once, and all is drawn again") {
    Bench bench;
    const Screen screen{.lines = {{"something to see"}}};
    bench.terminal->draw(screen);
    CHECK(bench.written().find("something to see") != std::string::npos);
    bench.terminal->draw(screen);
    CHECK(bench.written().empty());
    bench.resize(20, 100);
    CHECK(std::holds_alternative<Resized>(bench.terminal->wait(Clock::now() + 1s)));
    CHECK(bench.terminal->size().rows == 20);
    CHECK(bench.terminal->size().columns == 100);
    CHECK(std::holds_alternative<TimeOver>(bench.terminal->wait(Clock::now() + 1ms)));
    bench.terminal->draw(screen);
    CHECK(bench.written().find("something to see") != std::string::npos);
    bench.resize(1, 1);
    CHECK(std::holds_alternative<Resized>(bench.terminal->wait(Clock::now() + 1s)));
    bench.terminal->draw(screen);
    CHECK(bench.written().find("something") == std::string::npos);
}

TEST_CASE("whatever comes, in whatever pieces: it ends, and what follows is understood") {
    std::mt19937 random(11);
    constexpr std::string_view pieces[]{"\33", "[", "O", "<", "0", ";", "5", "M", "m", "~", "A", "\xe4", "\xff", "x"};
    Bench bench;
    for (int i = 0; i < 150; ++i) {
        std::string bytes;
        for (std::size_t piece = random() % 12; piece > 0; --piece) bytes += pieces[random() % std::size(pieces)];
        INFO(bytes);
        (void)bench.events(bytes);
        (void)bench.events("\33[A\33[A");
        REQUIRE(bench.events("\33[A") == Events{Key::up});
    }
}

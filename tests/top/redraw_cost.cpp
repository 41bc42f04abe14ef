// What one redraw costs in CPU time: redraw_cost [GUESTS]. Composed only, and drawn on a terminal (a pty that is read
// by another thread), where everything on the screen changes from one redraw to the next, and where only a few cells
// do.
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <thread>

#include <pty.h>
#include <unistd.h>

#include "tests/top/builder.h"
#include "top/compose/compose.h"
#include "top/terminal/terminal.h"

namespace {

using namespace virtscope::top;
using Clock = std::chrono::steady_clock;

constexpr int rounds = 200;
constexpr Size size{50, 200};

double cpu_ms() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

Screen composed(const Picture& picture) {
    Session session;
    return compose(test::scene_of(picture), session, size);
}

// A pty as standard input and output; what comes out is counted.
class Pty {
public:
    Pty() {
        winsize of{.ws_row = size.rows, .ws_col = size.columns, .ws_xpixel = 0, .ws_ypixel = 0};
        int slave = -1;
        if (::openpty(&master_, &slave, nullptr, nullptr, &of) != 0) std::abort();
        ::dup2(slave, STDIN_FILENO);
        ::dup2(slave, STDOUT_FILENO);
        std::thread([this] { drain(); }).detach();
    }
    std::size_t bytes() const { return bytes_.load(); }

private:
    void drain() {
        char buffer[65536];
        while (true) {
            const auto got = ::read(master_, buffer, sizeof buffer);
            if (got <= 0) return;
            bytes_ += static_cast<std::size_t>(got);
        }
    }
    int master_ = -1;
    std::atomic<std::size_t> bytes_{0};
};

void report(std::FILE* out, std::size_t guests, const char* what, double began, std::size_t bytes) {
    std::fprintf(out, "%zu guests, %s: %.3f ms of CPU a redraw (%zu bytes)\n", guests, what,
                 (cpu_ms() - began) / rounds, bytes / rounds);
}

void draw(std::FILE* out, Pty& pty, std::size_t guests, const char* what, const Picture& one, const Picture& other) {
    auto terminal = Terminal::open();
    if (!terminal) {
        std::fprintf(out, "redraw_cost: %s\n", terminal.error().message.c_str());
        std::exit(1);
    }
    terminal->draw(composed(one));
    (void)terminal->wait(Clock::now() + std::chrono::milliseconds(100));
    const std::size_t bytes = pty.bytes();
    const double began = cpu_ms();
    for (int i = 0; i < rounds; ++i) {
        terminal->draw(composed(i % 2 == 0 ? other : one));
        (void)terminal->wait(Clock::now() + std::chrono::milliseconds(2));
    }
    report(out, guests, what, began, pty.bytes() - bytes);
}

}  // namespace

int main(int argc, char** argv) {
    const std::size_t guests = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000;
    test::Pair pair = test::many(guests);
    const Picture picture = pair.picture();
    std::size_t characters = 0;
    const double began = cpu_ms();
    for (int i = 0; i < rounds; ++i) characters += text_of(composed(picture)).size();
    std::FILE* const out = ::fdopen(::dup(STDOUT_FILENO), "w");
    report(out, guests, "composed", began, characters);

    ::setenv("TERM", "xterm-256color", 1);
    Pty& pty = *new Pty;  // its thread goes on to the end
    for (std::size_t i = 0; i < guests; ++i) pair.now.set(i, virtscope::GuestMetric::monitor_age, 1'300'000'000);
    draw(out, pty, guests, "a few cells drawn", picture, pair.picture());
    for (std::size_t i = 0; i < guests; ++i) {
        pair.now.set(i, virtscope::GuestMetric::cpu_time, (guests - i) * 7'000'000);
        pair.now.set(i, virtscope::NicMetric::rx_bytes, i * 7'000'000 + 123);
        pair.now.set(i, virtscope::NicMetric::tx_bytes, i * 1'000 + 12);
    }
    draw(out, pty, guests, "everything drawn", picture, pair.picture());
    std::fclose(out);
}

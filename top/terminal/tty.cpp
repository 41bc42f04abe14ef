#include "top/terminal/tty.h"

#include <algorithm>
#include <cerrno>

#include <sys/ioctl.h>
#include <unistd.h>

namespace virtscope::top {
namespace {

// Keys come at once and are not shown; Ctrl-C, Ctrl-Z, Ctrl-S and Ctrl-\ stay what they are.
termios modes_of_ours(const termios& before) {
    termios ours = before;
    ours.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO | ECHONL | IEXTEN);
    ours.c_iflag &= ~static_cast<tcflag_t>(ICRNL | INLCR | IGNCR | ISTRIP);
    ours.c_lflag |= ISIG;
    ours.c_oflag &= ~static_cast<tcflag_t>(ONLCR | OCRNL | ONLRET);  // a line feed is a step down
    ours.c_cc[VMIN] = 1;
    ours.c_cc[VTIME] = 0;
    return ours;
}

}  // namespace

Result<termios> Tty::modes() {
    constexpr const char* instead = "use -b, --stream, or --script with --csv FILE";
    if (::isatty(STDOUT_FILENO) == 0)
        return fail(ErrorKind::unsupported, "standard output is no terminal: {}", instead);
    if (::isatty(STDIN_FILENO) == 0) return fail(ErrorKind::unsupported, "standard input is no terminal: {}", instead);
    termios now{};
    if (::tcgetattr(STDIN_FILENO, &now) != 0) return fail_errno(errno, "the terminal's modes");
    return now;
}

Tty::Tty(const Abilities& able, const termios& before)
    : outlet(STDOUT_FILENO), able_(able), before_(before), rescue_(STDOUT_FILENO, able.leave, before) {}

// The modes first: in the background that stops us, until we are in the foreground.
void Tty::enter() {
    const termios ours = modes_of_ours(before_);
    Rescue::arm(true);
    while (::tcsetattr(STDIN_FILENO, TCSANOW, &ours) != 0 && errno == EINTR) continue;
    if (!is_ours_) outlet.put(able_.alternate);
    outlet.put(able_.prepare);
    is_ours_ = true;
}

void Tty::leave() {
    if (!is_ours_) return;
    outlet.finish(able_.leave, std::chrono::milliseconds(500));
    ::tcsetattr(STDIN_FILENO, TCSANOW, &before_);
    Rescue::arm(false);
    is_ours_ = false;
}

Size Tty::size() const {
    constexpr Size usual{24, 80};
    constexpr std::size_t most = 2000;
    winsize now{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &now) != 0 || now.ws_row == 0 || now.ws_col == 0) return usual;
    return {std::min<std::size_t>(now.ws_row, most), std::min<std::size_t>(now.ws_col, most)};
}

}  // namespace virtscope::top

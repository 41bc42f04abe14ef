#include "top/terminal/display.h"

#include <algorithm>
#include <cerrno>

#include <sys/mman.h>
#include <unistd.h>

namespace virtscope::top {

Result<Display> Display::open(const Entry& entry) {
    const int fd = ::memfd_create("screen", MFD_CLOEXEC);
    if (fd < 0) return fail_errno(errno, "memory for the screen");
    File memory(::fdopen(fd, "w+"));
    SCREEN* const screen = ::newterm(entry.able.name.c_str(), memory.get(), stdin);
    if (screen == nullptr) return fail(ErrorKind::unsupported, "TERM='{}': ncurses cannot draw on it", entry.able.name);
    Display display(std::move(memory), screen);
    ::typeahead(-1);          // or it reads keys while it draws
    ::idcok(stdscr, FALSE);   // a shifted character may be of another width there
    ::leaveok(stdscr, TRUE);  // nobody sees the cursor
    if (entry.depth != Depth::mono) {
        ::start_color();
        ::use_default_colors();
    }
    (void)display.update();  // how it would make the terminal its own, which is the tty's
    return display;
}

void Display::resize(Size size) { ::resizeterm(static_cast<int>(size.rows), static_cast<int>(size.columns)); }

void Display::forget() { ::clearok(curscr, TRUE); }

std::string Display::update() {
    ::wnoutrefresh(stdscr);
    ::doupdate();
    return taken();
}

std::string Display::taken() {
    (void)std::fflush(memory_.get());
    const int fd = ::fileno(memory_.get());
    std::string bytes(static_cast<std::size_t>(std::max<off_t>(::lseek(fd, 0, SEEK_END), 0)), '\0');
    const ssize_t got = ::pread(fd, bytes.data(), bytes.size(), 0);
    bytes.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
    (void)!::ftruncate(fd, 0);
    ::lseek(fd, 0, SEEK_SET);
    return bytes;
}

}  // namespace virtscope::top

// Rescue: while it lives, a process that a signal ends (SIGSEGV, SIGABRT, SIGQUIT, std::terminate, …) gives the
// terminal back first, and then ends by that signal, with a core where those are kept. One at a time in a process.
#pragma once

#include <string_view>

#include <termios.h>

namespace virtscope::top {

class Rescue {
public:
    // The bytes that leave the terminal and the modes it had; at most 1,000 bytes.
    Rescue(int fd, std::string_view leave, const termios& modes);
    Rescue(const Rescue&) = delete;
    Rescue& operator=(const Rescue&) = delete;
    ~Rescue();

    // Whether there is something to give back now.
    static void arm(bool armed);
};

}  // namespace virtscope::top

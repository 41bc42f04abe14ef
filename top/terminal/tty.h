// Tty: the terminal of standard input and output, made ours and given back.
#pragma once

#include <termios.h>

#include "core/result.h"
#include "top/terminal/abilities.h"
#include "top/terminal/outlet.h"
#include "top/terminal/rescue.h"
#include "top/view/screen.h"

namespace virtscope::top {

class Tty {
public:
    // Errors: unsupported (no terminal), system.
    static Result<termios> modes();

    Tty(const Abilities& able, const termios& before);
    Tty(const Tty&) = delete;
    Tty& operator=(const Tty&) = delete;
    ~Tty() { leave(); }

    // Makes the terminal ours. What it was when we are there already (somebody stopped us without asking) is not what
    // it is to become again.
    void enter();
    void leave();

    // As the terminal says; within reason.
    Size size() const;

    Outlet outlet;

private:
    const Abilities& able_;
    termios before_;
    bool is_ours_ = false;
    Rescue rescue_;
};

}  // namespace virtscope::top

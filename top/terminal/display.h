// Display: ncurses, drawing into memory. What it would write to the terminal comes out as bytes: ncurses itself waits
// for a terminal that does not read, and tells nobody meanwhile. The terminal's modes are not touched (see tty.h).
//
// One at a time in a process; while it lives, ncurses' stdscr is what is drawn.
#pragma once

#include <cstdio>
#include <memory>
#include <string>

#include "core/result.h"
#include "top/terminal/entry.h"
#include "top/terminal/ncurses.h"
#include "top/view/screen.h"

namespace virtscope::top {

class Display {
public:
    // Errors: unsupported (ncurses cannot draw on that terminal), system.
    static Result<Display> open(const Entry& entry);

    void resize(Size size);
    // What is on the terminal is not known any more: the next update writes all of it.
    void forget();
    // What makes the terminal show what stdscr holds: cells that changed.
    std::string update();

private:
    struct Close {
        void operator()(std::FILE* file) const { (void)std::fclose(file); }
    };
    struct Delete {
        void operator()(SCREEN* screen) const { ::delscreen(screen); }
    };
    using File = std::unique_ptr<std::FILE, Close>;
    Display(File memory, SCREEN* screen) : memory_(std::move(memory)), screen_(screen) {}

    std::string taken();

    File memory_;
    std::unique_ptr<SCREEN, Delete> screen_;
};

}  // namespace virtscope::top

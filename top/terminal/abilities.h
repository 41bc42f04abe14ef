// Abilities: what virt-top does itself on a terminal, as terminfo has it: making it ours and giving it back. Drawing
// is ncurses'.
#pragma once

#include <string>

#include "core/result.h"

namespace virtscope::top {

// Strings are empty where the terminal cannot do it.
struct Abilities {
    std::string name{};       // of the entry in terminfo
    std::string alternate{};  // to the screen that programs draw on
    std::string prepare{};    // what makes it ours: keypad, no cursor, mouse
    std::string leave{};      // undoes both
    int colours = -1;
    bool exact_colours = false;  // any of 24 bit
    bool has_mouse = false;      // and it is wanted
};

// Errors: unsupported (terminfo does not know it, or it names a terminal that cannot be drawn on), naming it.
Result<Abilities> abilities_of(const std::string& name, bool mouse);

}  // namespace virtscope::top

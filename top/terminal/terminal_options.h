// What the user wants of the terminal.
#pragma once

#include <string>

#include "top/terminal/colour.h"

namespace virtscope::top {

struct TerminalOptions {
    std::string theme{};  // of theme_names(); empty: the first
    ColourChoice colour = ColourChoice::automatic;
    bool mouse = true;
    bool ascii = false;  // nothing but ASCII is drawn, as in a locale that knows no more
};

}  // namespace virtscope::top

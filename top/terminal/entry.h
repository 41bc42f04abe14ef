// Entry: which of terminfo's descriptions of this terminal is drawn with, and in how many colours.
#pragma once

#include "top/terminal/abilities.h"
#include "top/terminal/terminal_options.h"
#include "top/terminal/theme.h"

namespace virtscope::top {

struct Entry {
    Abilities able;
    Depth depth = Depth::mono;
};

// $TERM, or its twin for exact colours ("xterm-direct" of "xterm-256color") where the terminal has them, the theme
// needs them and the twin is installed. Errors: as abilities_of().
Result<Entry> choose_entry(const Theme& theme, const TerminalOptions& options);

}  // namespace virtscope::top

// The lines of a screen into ncurses' stdscr.
#pragma once

#include <cstdint>

#include "top/terminal/pens.h"
#include "top/view/screen.h"

namespace virtscope::top {

enum class Alphabet : std::uint8_t { unicode, ascii };

// Nothing of a screen reaches a terminal but through here: a cell never holds what printable() would replace, and no
// mark that takes no column, unless there is one character for it and the one before. A wide character that would be
// torn at the edge is left out. `size` is stdscr's.
void paint(const Screen& screen, Size size, const Pens& pens, Alphabet alphabet);

}  // namespace virtscope::top

// Pens: a theme as ncurses' attributes and colour pairs.
#pragma once

#include <array>

#include "top/terminal/ncurses.h"
#include "top/terminal/theme.h"

namespace virtscope::top {

struct Pen {
    attr_t attributes = A_NORMAL;
    short pair = 0;  // 0: the terminal's own colours
};

class Pens {
public:
    // Of the Display that lives now.
    Pens(const Theme& theme, Depth depth);

    const Pen& pen(Style line, Style part) const {
        const std::size_t row = !is_selected(line) ? 0 : line == Style::selected ? 1 : 2;
        return pens_[row][static_cast<std::size_t>(part)];
    }

private:
    std::array<std::array<Pen, style_count>, 3> pens_{};
};

}  // namespace virtscope::top

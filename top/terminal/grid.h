// Grid: a screen as the cells of a terminal, each with one character and its look. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "top/terminal/looks.h"
#include "top/view/screen.h"

namespace virtscope::top {

struct Cell {
    char32_t character = U' ';  // 0: the right half of the wide one before it
    std::uint8_t look = 0;      // number of Looks; `unknown`: nobody knows what is there

    static constexpr std::uint8_t unknown = 0xff;
    bool operator==(const Cell&) const = default;
};

class Grid {
public:
    Grid() = default;
    explicit Grid(Size size, std::uint8_t look = 0) : size_(size), cells_(size.rows * size.columns, Cell{U' ', look}) {}

    Size size() const { return size_; }
    Cell* row(std::size_t row) { return cells_.data() + row * size_.columns; }
    const Cell* row(std::size_t row) const { return cells_.data() + row * size_.columns; }

private:
    Size size_{0, 0};
    std::vector<Cell> cells_;
};

enum class Alphabet : std::uint8_t { unicode, ascii };

// Nothing of a screen reaches a terminal but through here: a cell never holds what printable() would replace, and no
// mark that takes no column, unless there is one character for it and the one before. A wide character that would be
// torn at the edge is left out.
Grid grid_of(const Screen& screen, Size size, const Looks& looks, Alphabet alphabet);

}  // namespace virtscope::top

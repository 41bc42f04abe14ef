// LineBuilder: a line made of pieces with styles of their own.
#pragma once

#include <cstddef>
#include <string_view>

#include "top/view/screen.h"

namespace virtscope::top {

class LineBuilder {
public:
    // `text` is made printable here.
    LineBuilder& add(std::string_view text, Style style = Style::plain);
    // Blanks up to that column; nothing where the line is longer already.
    LineBuilder& pad_to(std::size_t column);
    // Another line, at the column where this one ends. If it is a bar, this one has a bar there `width` wide.
    LineBuilder& add(const Line& line, std::size_t width = 0);

    std::size_t width() const { return width_; }
    // Cut at `width`.
    Line take(std::size_t width);

private:
    Line line_;
    std::size_t width_ = 0;
};

}  // namespace virtscope::top

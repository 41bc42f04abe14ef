#include "top/terminal/grid.h"

#include <algorithm>

#include "core/text.h"
#include "top/view/ascii.h"

namespace virtscope::top {
namespace {

// "é" may come as one character or as two.
void add_mark(Cell* row, std::size_t column, char32_t mark) {
    if (column == 0) return;
    char32_t& base = row[column - 1].character;
    if (const char32_t both = base == 0 ? 0 : composed(base, mark); both != 0) base = both;
}

void put_text(Cell* row, std::size_t columns, std::string_view text, Alphabet alphabet) {
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Glyph glyph = glyph_at(text, at);
        at += glyph.bytes;
        if (glyph.width == 0 && alphabet == Alphabet::unicode) add_mark(row, column, glyph.code);
        if (glyph.width == 0) continue;
        if (column + glyph.width > columns) return;
        const bool as_is = alphabet == Alphabet::unicode;
        row[column].character = as_is ? glyph.code : static_cast<char32_t>(ascii_twin(glyph.code));
        if (glyph.width == 2) row[column + 1].character = as_is ? 0 : U' ';
        column += glyph.width;
    }
}

void put_looks(Cell* row, std::size_t columns, const Line& line, const Looks& looks) {
    const auto fill = [&](std::size_t from, std::size_t width, Style style) {
        const std::size_t begin = std::min(from, columns);
        const std::uint8_t look = looks.number(line.style, style);
        for (std::size_t at = begin; at < begin + std::min(width, columns - begin); ++at) row[at].look = look;
    };
    fill(0, is_bar(line.style) ? columns : display_width(line.text), line.style);
    for (const Span& span : line.spans) fill(span.column, span.width, span.style);
    for (std::size_t at = 1; at < columns; ++at) {
        if (row[at].character == 0) row[at].look = row[at - 1].look;
    }
}

}  // namespace

Grid grid_of(const Screen& screen, Size size, const Looks& looks, Alphabet alphabet) {
    Grid grid(size);
    const std::size_t rows = std::min(size.rows, screen.lines.size());
    for (std::size_t at = 0; at < rows; ++at) {
        put_text(grid.row(at), size.columns, screen.lines[at].text, alphabet);
        put_looks(grid.row(at), size.columns, screen.lines[at], looks);
    }
    return grid;
}

}  // namespace virtscope::top

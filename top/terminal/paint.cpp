#include "top/terminal/paint.h"

#include <algorithm>
#include <vector>

#include <wchar.h>

#include "core/text.h"
#include "top/view/ascii.h"

namespace virtscope::top {
namespace {

// What is in a column of the terminal; no character: the right half of the wide one before it.
struct Cell {
    wchar_t character = L' ';
    Pen pen{};
};
using Row = std::vector<Cell>;

constexpr wchar_t right_half = 0;

// "é" may come as one character or as two.
void add_mark(Row& row, std::size_t column, char32_t mark) {
    if (column == 0) return;
    const auto base = static_cast<char32_t>(row[column - 1].character);
    if (const char32_t both = base == 0 ? 0 : composed(base, mark); both != 0) {
        row[column - 1].character = static_cast<wchar_t>(both);
    }
}

// ncurses counts columns by wcwidth(3), which knows some characters by other widths than we do.
wchar_t shown(const Glyph& glyph, Alphabet alphabet) {
    if (alphabet == Alphabet::ascii) return static_cast<wchar_t>(ascii_twin(glyph.code));
    const auto character = static_cast<wchar_t>(glyph.code);
    return ::wcwidth(character) == glyph.width ? character : L'?';
}

void put_text(Row& row, std::string_view text, Alphabet alphabet) {
    std::size_t column = 0;
    for (std::size_t at = 0; at < text.size();) {
        const Glyph glyph = glyph_at(text, at);
        at += glyph.bytes;
        if (glyph.width == 0 && alphabet == Alphabet::unicode) add_mark(row, column, glyph.code);
        if (glyph.width == 0) continue;
        if (column + glyph.width > row.size()) return;
        row[column].character = shown(glyph, alphabet);
        if (glyph.width == 2 && row[column].character > 0x7f) row[column + 1].character = right_half;
        column += glyph.width;
    }
}

void put_pens(Row& row, const Line& line, const Pens& pens) {
    const auto fill = [&](std::size_t from, std::size_t width, Style style) {
        const std::size_t begin = std::min(from, row.size());
        for (std::size_t at = begin; at < begin + std::min(width, row.size() - begin); ++at) {
            row[at].pen = pens.pen(line.style, style);
        }
    };
    fill(0, is_bar(line.style) ? row.size() : display_width(line.text), line.style);
    for (const Span& span : line.spans) fill(span.column, span.width, span.style);
}

cchar_t for_ncurses(const Cell& cell) {
    const wchar_t text[2] = {cell.character, L'\0'};
    cchar_t out{};
    ::setcchar(&out, text, cell.pen.attributes, cell.pen.pair, nullptr);
    return out;
}

}  // namespace

void paint(const Screen& screen, Size size, const Pens& pens, Alphabet alphabet) {
    const Cell blank{L' ', pens.pen(Style::plain, Style::plain)};
    const cchar_t background = for_ncurses(blank);
    ::wbkgrndset(stdscr, &background);
    ::werase(stdscr);
    std::vector<cchar_t> cells;
    for (std::size_t at = 0; at < std::min(size.rows, screen.lines.size()); ++at) {
        Row row(size.columns, blank);
        put_text(row, screen.lines[at].text, alphabet);
        put_pens(row, screen.lines[at], pens);
        cells.clear();
        for (const Cell& cell : row) {
            if (cell.character != right_half) cells.push_back(for_ncurses(cell));
        }
        ::mvwadd_wchnstr(stdscr, static_cast<int>(at), 0, cells.data(), static_cast<int>(cells.size()));
    }
}

}  // namespace virtscope::top

// Screen: a whole screen as lines of text, with styles and with places that can be clicked. The terminal draws it;
// text_of() is its twin without a terminal, for batch output and for tests of whole screens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "top/view/key.h"

namespace virtscope::top {

// What something is, not how it looks: colours are the theme's (terminal/theme.h).
enum class Style : std::uint8_t {
    plain,
    heading,   // column titles
    selected,  // the bar
    stale,     // a guest that does not answer
    selected_stale,
    warning,   // what the user must not overlook
    dim,       // what is there but does not matter now: guests that are off, frames, units
    good,      // little of something, or all is well
    busy,      // much of it
    critical,  // too much of it
    tagged,    // a row somebody marked
    match,     // what a search found
    key_hint,  // the key of a hint
    hint,      // what it does
    sorted,    // the title of the column that rows are sorted by
    label,     // names of values in panes
};
inline constexpr std::size_t style_count = 16;

// A part of a line that has another style than the line: [column, column + width), columns as the terminal counts them.
struct Span {
    std::size_t column = 0;
    std::size_t width = 0;
    Style style = Style::plain;

    bool operator==(const Span&) const = default;
};

struct Line {
    std::string text;  // printable, no wider than the screen, no blanks at its end
    Style style = Style::plain;
    std::vector<Span> spans{};  // from left to right, none over another; may reach past the text

    bool operator==(const Line&) const = default;
};

struct Size {
    std::size_t rows;
    std::size_t columns;
};
inline constexpr Size least_size{10, 40};  // of a terminal
inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

// What a click at a spot means: a key as if it had been typed, a row chosen by its place in the order, the column of
// that number to sort by, a share of the time bar in thousandths.
struct ClickRow {
    std::size_t place = 0;
};
struct ClickColumn {
    std::size_t column = 0;
};
struct ClickTime {
    std::size_t thousandths = 0;
};
using Click = std::variant<Key, ClickRow, ClickColumn, ClickTime>;

struct Spot {
    std::size_t row = 0;
    std::size_t column = 0;
    std::size_t width = 0;
    Click click{};
};

struct Screen {
    std::vector<Line> lines{};
    std::vector<Spot> spots{};  // where two overlap, the later one
};

// What a click there means; none: nothing.
std::optional<Click> click_at(const Screen& screen, std::size_t row, std::size_t column);

// What is shown on a terminal that is smaller than least_size: one line that says so.
Screen too_small(Size size);

// `text` in at most `width` columns, '~' where it was cut, no blanks at the end.
std::string clip(std::string_view text, std::size_t width);

// The lines, each ended by a line break. With marks, each begins with a character that tells its style: ' ' plain,
// '=' heading, '>' selected, '!' stale, '#' both, '*' warning, 'd' dim, 'g' good, 'b' busy, 'c' critical, 't' tagged,
// 'm' match, 'k' key hint, 'h' hint, 's' sorted, 'l' label. Spans are not shown.
enum class Marks : std::uint8_t { hidden, shown };
std::string text_of(const Screen& screen, Marks marks = Marks::hidden);

}  // namespace virtscope::top

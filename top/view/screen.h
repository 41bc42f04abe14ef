// Screen: what is shown, as lines of text with a style each. The terminal draws it; text_of() is its
// twin without a terminal, for batch output and for tests of whole screens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace virtscope::top {

// selected: the bar; stale: a guest that does not answer; warning: what the user must not overlook.
enum class Style : std::uint8_t { plain, heading, selected, stale, selected_stale, warning };

struct Line {
    std::string text;  // printable, no wider than the screen, no blanks at its end
    Style style = Style::plain;

    bool operator==(const Line&) const = default;
};

struct Size {
    std::size_t rows;
    std::size_t columns;
};
inline constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();

struct Screen {
    std::vector<Line> lines;
};

// `text` in at most `width` columns, '~' where it was cut, no blanks at the end.
std::string clip(std::string_view text, std::size_t width);

// The lines, each ended by a line break. With marks, each begins with a character that tells its style:
// ' ' plain, '=' heading, '>' selected, '!' stale, '#' both, '*' warning.
enum class Marks : std::uint8_t { hidden, shown };
std::string text_of(const Screen& screen, Marks marks = Marks::hidden);

}  // namespace virtscope::top

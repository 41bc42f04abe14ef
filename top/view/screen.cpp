#include "top/view/screen.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::top {
namespace {

constexpr std::string_view style_marks = " =>!#*dgbctmkhsl";
static_assert(style_marks.size() == style_count);

void trim(std::string& text) { text.erase(text.find_last_not_of(' ') + 1); }

}  // namespace

Screen too_small(Size size) {
    const std::string least = fmt::format("{}x{}", least_size.columns, least_size.rows);
    std::string text = fmt::format("this terminal is {}x{}, virt-top needs {}", size.columns, size.rows, least);
    if (text.size() > size.columns) text = "needs " + least;
    if (text.size() > size.columns) text = least;
    return {.lines = {{clip(text, size.columns), Style::warning}}};
}

std::string clip(std::string_view text, std::size_t width) {
    // No character takes more columns than bytes.
    std::string line = text.size() <= width ? printable(text, text.size()) : fit(text, width);
    trim(line);
    return line;
}

std::optional<Click> click_at(const Screen& screen, std::size_t row, std::size_t column) {
    const auto under = [&](const Spot& spot) {
        return spot.row == row && column >= spot.column && column - spot.column < spot.width;
    };
    const auto found = std::find_if(screen.spots.rbegin(), screen.spots.rend(), under);
    return found == screen.spots.rend() ? std::nullopt : std::optional(found->click);
}

std::string text_of(const Screen& screen, Marks marks) {
    std::string out;
    for (const Line& line : screen.lines) {
        if (marks == Marks::shown) out += style_marks[static_cast<std::size_t>(line.style)];
        out += line.text;
        out += '\n';
    }
    return out;
}

}  // namespace virtscope::top

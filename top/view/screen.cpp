#include "top/view/screen.h"

#include <algorithm>

#include "core/text.h"

namespace virtscope::top {
namespace {

constexpr std::string_view style_marks = " =>!#*dgbctmkhsl";
static_assert(style_marks.size() == style_count);

void trim(std::string& text) { text.erase(text.find_last_not_of(' ') + 1); }

}  // namespace

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

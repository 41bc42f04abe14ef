#include "top/compose/chooser_screen.h"

#include <algorithm>

#include <fmt/format.h>

namespace virtscope::top {
namespace {

// The key that orders by it at once, where there is one.
std::string_view key_of(std::string_view column) {
    if (column == "cpu") return " (key: P)";
    if (column == "mem") return " (key: M)";
    if (column == "time") return " (key: T)";
    if (column == "id") return " (key: N)";
    return {};
}

}  // namespace

Screen chooser_screen(const Chooser& chooser, const Sorting& sorting, Size size) {
    Screen screen;
    const auto add = [&](std::string_view text, Style style = Style::plain) {
        screen.lines.push_back({clip(text, size.columns), style});
    };
    add(fmt::format("Set sort order for main display{}", sorting.inverted ? ", reversed (key: R)" : ""));
    add("Type key or use up and down cursor keys.");
    add("");
    add("KEY   Sort field", Style::heading);
    constexpr std::size_t above = 4;
    const std::size_t room = size.rows > above ? size.rows - above : 1;
    const std::size_t first = chooser.at < room ? 0 : chooser.at - room + 1;
    for (std::size_t i = first; i < std::min(chooser.columns.size(), first + room); ++i) {
        const ColumnSpec& column = *chooser.columns[i];
        const char letter = letter_of_choice(i);
        screen.spots.push_back({screen.lines.size(), 0, size.columns, Key{static_cast<char32_t>(letter)}});
        add(fmt::format("  {} {} {}{}", letter == '\0' ? ' ' : letter, i == chooser.at ? '*' : ' ', column.about,
                        key_of(column.name)),
            i == chooser.at ? Style::selected : Style::plain);
    }
    return screen;
}

}  // namespace virtscope::top

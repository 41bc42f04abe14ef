#include "top/terminal/theme.h"

#include <algorithm>

#include "top/terminal/theme_tables.h"

namespace virtscope::top {

const Theme* find_theme(std::string_view name) {
    const auto found =
        std::find_if(themes.begin(), themes.end(), [&](const Theme& theme) { return theme.name == name; });
    return found == themes.end() ? nullptr : &*found;
}

std::vector<std::string_view> theme_names() {
    std::vector<std::string_view> names;
    names.reserve(themes.size());
    for (const Theme& theme : themes) names.push_back(theme.name);
    return names;
}

const Theme& mono_theme() { return mono; }

Look look_of(const Theme& theme, Style line, Style part, Depth depth) {
    const Theme& used = depth == Depth::mono ? mono : theme;
    if (!is_selected(line) || part == line) return used.look(part);
    Look look = used.look(line);
    // What is reversed itself (a match) must differ from the bar it is on.
    look.attributes |= used.look(part).attributes & (bold | underlined | italic);
    if (part == Style::match) look.attributes |= bold | underlined;
    return look;
}

}  // namespace virtscope::top

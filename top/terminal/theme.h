// Themes: how each style looks. A theme is a row of looks, one a style; adding one takes a table in themes.cpp.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "top/terminal/colour.h"
#include "top/view/screen.h"

namespace virtscope::top {

enum Attribute : unsigned { bold = 1, dimmed = 2, underlined = 4, italic = 8, reversed = 16 };

struct Look {
    Colour foreground{};
    Colour background{};
    unsigned attributes = 0;  // of Attribute

    bool operator==(const Look&) const = default;
};

struct Theme {
    std::string_view name;
    std::array<Look, style_count> looks;  // in the order of Style

    const Look& look(Style style) const { return looks[static_cast<std::size_t>(style)]; }
};

// A bar reaches over the whole line; on the selected one's colours those of its parts would be lost, so parts add
// their attributes only.
constexpr bool is_selected(Style style) { return style == Style::selected || style == Style::selected_stale; }
constexpr bool is_bar(Style style) { return style == Style::heading || is_selected(style); }

// Null: there is none of that name.
const Theme* find_theme(std::string_view name);

// The first is the default. "mono" is also what a terminal without colours shows, whatever was chosen.
std::vector<std::string_view> theme_names();
const Theme& mono_theme();

// How a part of that style looks on a line of style `line`, with this many colours.
Look look_of(const Theme& theme, Style line, Style part, Depth depth);

}  // namespace virtscope::top

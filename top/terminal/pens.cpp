#include "top/terminal/pens.h"

#include <algorithm>

namespace virtscope::top {
namespace {

attr_t attributes_of(const Look& look) {
    attr_t all = A_NORMAL;
    if ((look.attributes & bold) != 0) all |= A_BOLD;
    if ((look.attributes & dimmed) != 0) all |= A_DIM;
    if ((look.attributes & underlined) != 0) all |= A_UNDERLINE;
    if ((look.attributes & italic) != 0) all |= A_ITALIC;
    if ((look.attributes & reversed) != 0) all |= A_REVERSE;
    return all;
}

// Far fewer than the 64 pairs that the poorest terminals have.
short pair_of(const Look& look, Depth depth) {
    const auto number = [&](const Colour& colour) {
        return colour.kind == Colour::Kind::none ? -1 : number_of(colour, depth);
    };
    const int foreground = number(look.foreground);
    const int background = number(look.background);
    if (depth == Depth::mono || (foreground < 0 && background < 0)) return 0;
    return static_cast<short>(std::max(::alloc_pair(foreground, background), 0));
}

}  // namespace

Pens::Pens(const Theme& theme, Depth depth) {
    constexpr std::array lines{Style::plain, Style::selected, Style::selected_stale};
    for (std::size_t line = 0; line < lines.size(); ++line) {
        for (std::size_t part = 0; part < style_count; ++part) {
            const Look look = look_of(theme, lines[line], static_cast<Style>(part), depth);
            pens_[line][part] = {attributes_of(look), pair_of(look, depth)};
        }
    }
}

}  // namespace virtscope::top

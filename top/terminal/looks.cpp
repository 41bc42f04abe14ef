#include "top/terminal/looks.h"

#include <algorithm>

#include <fmt/format.h>

namespace virtscope::top {
namespace {

std::string exact(char kind, std::uint32_t rgb) {
    return fmt::format("\33[{}8;2;{};{};{}m", kind, rgb >> 16 & 0xff, rgb >> 8 & 0xff, rgb & 0xff);
}

bool is_shown_exactly(const Colour& colour, Depth depth) {
    return depth == Depth::exact && colour.kind == Colour::Kind::exact;
}

std::string foreground(const Colour& colour, Depth depth, const Abilities& able) {
    if (colour.kind == Colour::Kind::none || depth == Depth::mono) return {};
    return is_shown_exactly(colour, depth) ? exact('3', colour.exact) : able.foreground_of(number_of(colour, depth));
}

std::string background(const Colour& colour, Depth depth, const Abilities& able) {
    if (colour.kind == Colour::Kind::none || depth == Depth::mono) return {};
    return is_shown_exactly(colour, depth) ? exact('4', colour.exact) : able.background_of(number_of(colour, depth));
}

// Each begins from nothing, so that it does not matter what was on before.
std::string bytes_of(const Look& look, Depth depth, const Abilities& able) {
    std::string bytes = able.normal;
    if ((look.attributes & bold) != 0) bytes += able.bold;
    if ((look.attributes & dimmed) != 0) bytes += able.dim;
    if ((look.attributes & underlined) != 0) bytes += able.underline;
    if ((look.attributes & italic) != 0) bytes += able.italic;
    if ((look.attributes & reversed) != 0) bytes += able.reverse;
    return bytes + foreground(look.foreground, depth, able) + background(look.background, depth, able);
}

}  // namespace

Looks::Looks(const Theme& theme, Depth depth, const Abilities& able)
    : blank_is_cleared_(depth == Depth::mono || able.clears_in_colour ||
                        theme.look(Style::plain).background.kind == Colour::Kind::none) {
    constexpr std::array lines{Style::plain, Style::selected, Style::selected_stale};
    for (std::size_t line = 0; line < lines.size(); ++line) {
        for (std::size_t part = 0; part < style_count; ++part) {
            const Look look = look_of(theme, lines[line], static_cast<Style>(part), depth);
            numbers_[line][part] = number_of_bytes(bytes_of(look, depth, able));
        }
    }
}

std::uint8_t Looks::number_of_bytes(std::string bytes) {
    const auto known = std::find(bytes_.begin(), bytes_.end(), bytes);
    const auto at = static_cast<std::uint8_t>(known - bytes_.begin());
    if (known == bytes_.end()) bytes_.push_back(std::move(bytes));
    return at;
}

}  // namespace virtscope::top

#include "top/terminal/colour.h"

#include <algorithm>
#include <array>
#include <cstdlib>

namespace virtscope::top {
namespace {

constexpr std::array<int, 6> cube_steps{0, 95, 135, 175, 215, 255};

int distance(int r, int g, int b, std::uint32_t rgb) {
    const int dr = r - static_cast<int>(rgb >> 16 & 0xff);
    const int dg = g - static_cast<int>(rgb >> 8 & 0xff);
    const int db = b - static_cast<int>(rgb & 0xff);
    return dr * dr + dg * dg + db * db;
}

std::size_t nearest_step(std::uint32_t value) {
    std::size_t best = 0;
    for (std::size_t i = 1; i < cube_steps.size(); ++i) {
        const int wanted = static_cast<int>(value);
        if (std::abs(cube_steps[i] - wanted) < std::abs(cube_steps[best] - wanted)) best = i;
    }
    return best;
}

// Of the cube of 6x6x6 and the 24 greys; the first sixteen are whatever their user made them.
int nearest_of_many(std::uint32_t rgb) {
    const std::size_t r = nearest_step(rgb >> 16 & 0xff);
    const std::size_t g = nearest_step(rgb >> 8 & 0xff);
    const std::size_t b = nearest_step(rgb & 0xff);
    int best = static_cast<int>(16 + 36 * r + 6 * g + b);
    int least = distance(cube_steps[r], cube_steps[g], cube_steps[b], rgb);
    for (int i = 0; i < 24; ++i) {
        const int grey = 8 + 10 * i;
        if (const int far = distance(grey, grey, grey, rgb); far < least) {
            least = far;
            best = 232 + i;
        }
    }
    return best;
}

bool is_exact(const ColourFacts& facts) {
    if (facts.exact || facts.colours >= 1 << 24) return true;
    // GNU screen hands its outer terminal's $COLORTERM on, but not its colours.
    if (facts.term.starts_with("screen") && !facts.in_tmux) return false;
    return facts.colour_term == "truecolor" || facts.colour_term == "24bit";
}

}  // namespace

std::optional<ColourChoice> colour_choice(std::string_view word) {
    if (word == "auto") return ColourChoice::automatic;
    if (word == "never") return ColourChoice::never;
    return word == "always" ? std::optional(ColourChoice::always) : std::nullopt;
}

Depth depth_of(const ColourFacts& facts) {
    if (facts.choice == ColourChoice::never) return Depth::mono;
    if (facts.choice != ColourChoice::always && !facts.no_color.empty()) return Depth::mono;
    if (facts.colours < 8) return Depth::mono;
    if (is_exact(facts)) return Depth::exact;
    if (facts.colours >= 256) return Depth::many;
    return facts.colours >= 16 ? Depth::sixteen : Depth::eight;
}

int number_of(const Colour& colour, Depth depth) {
    constexpr int eight = 8;
    if (colour.kind == Colour::Kind::exact) {
        if (depth == Depth::exact) return std::max(static_cast<int>(colour.exact), eight);
        if (depth == Depth::many) return nearest_of_many(colour.exact);
    }
    if (depth == Depth::sixteen || depth == Depth::many) return colour.own;
    return colour.own == 8 ? 7 : colour.own & 7;  // bright black: not black
}

}  // namespace virtscope::top

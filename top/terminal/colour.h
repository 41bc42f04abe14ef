// Colours: what a theme asks for, how many a terminal has, and the nearest one that it has. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace virtscope::top {

// A colour of the terminal's own sixteen, which its user chose, or an exact one with the nearest of the sixteen.
struct Colour {
    enum class Kind : std::uint8_t { none, own, exact };  // none: the terminal's foreground or background
    Kind kind = Kind::none;
    std::uint8_t own = 0;     // 0-15: black red green yellow blue magenta cyan white, then the bright ones
    std::uint32_t exact = 0;  // 0xRRGGBB

    bool operator==(const Colour&) const = default;
};
constexpr Colour own_colour(std::uint8_t number) { return {Colour::Kind::own, number, 0}; }
constexpr Colour exact_colour(std::uint32_t rgb, std::uint8_t number) { return {Colour::Kind::exact, number, rgb}; }

enum class Depth : std::uint8_t { mono, eight, sixteen, many, exact };  // many: 256; exact: 24 bit

enum class ColourChoice : std::uint8_t { automatic, never, always };
// Of "auto", "never", "always".
std::optional<ColourChoice> colour_choice(std::string_view word);

// What is known of a terminal and of its user's wishes.
struct ColourFacts {
    int colours = 0;                 // terminfo's, -1: it says nothing
    bool exact = false;              // terminfo's RGB or Tc
    std::string_view term{};         // $TERM
    std::string_view colour_term{};  // $COLORTERM
    std::string_view no_color{};     // $NO_COLOR: anything but empty forbids
    bool in_tmux = false;
    ColourChoice choice = ColourChoice::automatic;
};
Depth depth_of(const ColourFacts& facts);

// Its number on a terminal of that many colours, as terminfo and ncurses count; of exact ones the eight lowest numbers
// are the terminal's own. Not for Kind::none, not for Depth::mono.
int number_of(const Colour& colour, Depth depth);

}  // namespace virtscope::top

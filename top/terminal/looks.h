// Looks: a theme on a terminal: for each part of a line the bytes that turn it on. Looks with the same bytes have one
// number; 0 is the plain one. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "top/terminal/abilities.h"
#include "top/terminal/theme.h"

namespace virtscope::top {

class Looks {
public:
    Looks(const Theme& theme, Depth depth, const Abilities& able);

    std::uint8_t number(Style line, Style part) const {
        const std::size_t row = !is_selected(line) ? 0 : line == Style::selected ? 1 : 2;
        return numbers_[row][static_cast<std::size_t>(part)];
    }
    const std::string& bytes(std::uint8_t number) const { return bytes_[number]; }
    // What is cleared on this terminal looks as a plain blank does.
    bool blank_is_cleared() const { return blank_is_cleared_; }

private:
    std::uint8_t number_of_bytes(std::string bytes);

    std::vector<std::string> bytes_;
    std::array<std::array<std::uint8_t, style_count>, 3> numbers_{};
    bool blank_is_cleared_;
};

}  // namespace virtscope::top

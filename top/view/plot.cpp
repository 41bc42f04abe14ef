// Dots and characters of graphs.
#include <algorithm>
#include <array>
#include <cmath>

#include "top/view/graph.h"

namespace virtscope::top {
namespace {

// The mean of what is known of the values that fall to place `at` of `count`.
std::optional<double> value_at(Values values, std::size_t at, std::size_t count) {
    const std::size_t first = at * values.size() / count;
    const std::size_t end = std::max(first + 1, (at + 1) * values.size() / count);
    double total = 0;
    std::size_t known = 0;
    for (std::size_t i = first; i < std::min(end, values.size()); ++i) {
        if (!values[i] || !std::isfinite(*values[i])) continue;
        total += *values[i];
        ++known;
    }
    return known == 0 ? std::nullopt : std::optional(total / static_cast<double>(known));
}

// How many of `most` a value fills; nothing is known: none. A zero that is known is the least.
std::vector<std::optional<std::size_t>> levels(Values values, double top, std::size_t count, std::size_t most) {
    std::vector<std::optional<std::size_t>> out(count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto value = value_at(values, i, count);
        if (!value) continue;
        const double share = top > 0 ? std::clamp(*value / top, 0.0, 1.0) : 0;
        out[i] = static_cast<std::size_t>(std::lround(share * static_cast<double>(most)));
    }
    return out;
}

void append_utf8(std::string& out, unsigned code) {
    out += static_cast<char>(0xe0 | code >> 12);
    out += static_cast<char>(0x80 | (code >> 6 & 0x3f));
    out += static_cast<char>(0x80 | (code & 0x3f));
}

constexpr unsigned blank_braille = 0x2800;
constexpr std::size_t dots_high = 4;
// From the lowest dot up, of the left and the right half.
constexpr std::array<std::array<unsigned, dots_high>, 2> dots{{{0x40, 0x04, 0x02, 0x01}, {0x80, 0x20, 0x10, 0x08}}};

std::vector<std::string> plot_braille(Values values, double top, Size size) {
    const auto heights = levels(values, top, size.columns * 2, size.rows * dots_high);
    std::vector<std::string> rows(size.rows);
    for (std::size_t row = 0; row < size.rows; ++row) {
        const std::size_t below = (size.rows - 1 - row) * dots_high;
        for (std::size_t column = 0; column < size.columns; ++column) {
            unsigned cell = 0;
            for (std::size_t half = 0; half < 2; ++half) {
                const auto height = heights[column * 2 + half];
                if (!height) continue;
                const std::size_t filled = std::max<std::size_t>(*height, 1);
                for (std::size_t dot = 0; dot < dots_high && below + dot < filled; ++dot) cell |= dots[half][dot];
            }
            if (cell == 0) {
                rows[row] += ' ';
            } else {
                append_utf8(rows[row], blank_braille + cell);
            }
        }
    }
    return rows;
}

std::vector<std::string> plot_ascii(Values values, double top, Size size) {
    constexpr std::string_view thirds = " .:#";
    const auto heights = levels(values, top, size.columns, size.rows * 3);
    std::vector<std::string> rows(size.rows);
    for (std::size_t row = 0; row < size.rows; ++row) {
        const std::size_t below = (size.rows - 1 - row) * 3;
        for (const auto height : heights) {
            if (height && *height == 0 && below == 0) {
                rows[row] += '_';
            } else {
                rows[row] += thirds[height && *height > below ? std::min<std::size_t>(*height - below, 3) : 0];
            }
        }
    }
    return rows;
}

}  // namespace

std::vector<std::string> plot(Values values, double top, Size size, bool unicode) {
    if (values.empty()) return std::vector<std::string>(size.rows, std::string(size.columns, ' '));
    return unicode ? plot_braille(values, top, size) : plot_ascii(values, top, size);
}

std::string sparkline(Values values, double top, std::size_t columns, bool unicode) {
    constexpr std::string_view characters = "_.-:=+*#";
    constexpr unsigned lowest_block = 0x2581;
    if (values.empty()) return std::string(columns, ' ');
    std::string out;
    for (const auto level : levels(values, top, columns, characters.size() - 1)) {
        if (!level) {
            out += ' ';
        } else if (unicode) {
            append_utf8(out, lowest_block + static_cast<unsigned>(*level));
        } else {
            out += characters[*level];
        }
    }
    return out;
}

}  // namespace virtscope::top

// Graph: a curve as dots of braille, two by four a cell, or as characters of ASCII; gaps stay empty, while a known zero
// has its lowest dot.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "top/source/past.h"
#include "top/view/screen.h"
#include "top/view/units.h"

namespace virtscope::top {

using Values = std::span<const std::optional<double>>;

// Steps that a curve should have to fill a graph of so many columns.
constexpr std::size_t steps_for(std::size_t columns, bool unicode) { return unicode ? columns * 2 : columns; }

// Rows of text, the upper first, each `size.columns` wide; `top` is the value that reaches the upper edge. Values for
// other widths are averaged, or repeated.
std::vector<std::string> plot(Values values, double top, Size size, bool unicode);

// One row.
std::string sparkline(Values values, double top, std::size_t columns, bool unicode);

// What a graph is of.
struct Subtitle {
    std::string title{};
    Measure unit = Measure::percent;
    std::optional<double> busy{}, critical{};  // from there on it has those styles
};

// Columns before the dots: the axis and what its top says.
inline constexpr std::size_t axis_width = 11;

// A line with title, newest and highest value, and below it the graph with its axis. Fewer than two rows: the line
// alone.
std::vector<Line> graph(const Curve& curve, const Subtitle& about, Size size, bool unicode);

// The line under graphs of that width: "5 min before" where they begin, "17:35:05" where they end.
Line span_line(std::int64_t from, std::int64_t to, std::size_t width);

}  // namespace virtscope::top

#include "top/view/graph.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "core/time_text.h"
#include "top/view/line_builder.h"

namespace virtscope::top {
namespace {

std::optional<double> highest_of(Values values) {
    std::optional<double> highest;
    for (const auto& value : values) {
        if (value) highest = std::max(highest.value_or(*value), *value);
    }
    return highest;
}

Style style_of(const Subtitle& about, std::optional<double> value) {
    if (!value) return Style::plain;
    if (about.critical && *value >= *about.critical) return Style::critical;
    return about.busy && *value >= *about.busy ? Style::busy : Style::plain;
}

// The more of it fits the better: title and newest value first.
Line title_line(const Curve& curve, const Subtitle& about, std::size_t width) {
    LineBuilder line;
    line.add(about.title, Style::label).add(" ");
    line.add(with_unit(curve.newest, about.unit), style_of(about, curve.newest));
    const std::string most = "max " + with_unit(curve.highest, about.unit);
    if (line.width() + 2 + most.size() <= width) line.pad_to(width - most.size()).add(most, Style::dim);
    return line.take(width);
}

// Runs of columns whose values are too high.
void add_spans(Line& line, std::size_t first, std::size_t columns, Values values, const Subtitle& about) {
    for (std::size_t column = 0; column < columns; ++column) {
        const std::size_t from = column * values.size() / columns;
        const std::size_t to = std::max(from + 1, (column + 1) * values.size() / columns);
        const Style style = style_of(about, highest_of(values.subspan(from, to - from)));
        if (style == Style::plain) continue;
        if (!line.spans.empty() && line.spans.back().style == style &&
            line.spans.back().column + line.spans.back().width == first + column) {
            ++line.spans.back().width;
        } else {
            line.spans.push_back({first + column, 1, style});
        }
    }
}

std::string axis_label(std::size_t row, std::size_t rows, const std::string& top) {
    if (row == 0) return top;
    return row + 1 == rows ? "0" : "";
}

}  // namespace

std::vector<Line> graph(const Curve& curve, const Subtitle& about, Size size, bool unicode) {
    std::vector<Line> lines{title_line(curve, about, size.columns)};
    if (size.rows < 2 || size.columns <= axis_width) return lines;
    const Values values = curve.values;
    const double top = round_above(highest_of(values).value_or(0), about.unit);
    const std::string label = with_unit(top, about.unit);
    const Size dots{size.rows - 1, size.columns - axis_width};
    const auto rows = plot(values, top, dots, unicode);
    for (std::size_t row = 0; row < rows.size(); ++row) {
        const std::string axis =
            fmt::format("{:>{}}{}", axis_label(row, rows.size(), label), axis_width - 1, unicode ? "▏" : "|");
        LineBuilder line;
        Line made = line.add(axis, Style::dim).add(rows[row]).take(size.columns);
        if (!values.empty()) add_spans(made, axis_width, dots.columns, values, about);
        lines.push_back(std::move(made));
    }
    return lines;
}

Line span_line(std::int64_t from, std::int64_t to, std::size_t width) {
    const std::string begin = human_duration(to - from) + " before";
    const std::string end = local_time(to).substr(11);
    LineBuilder line;
    line.pad_to(axis_width).add(begin, Style::dim);
    if (line.width() + 2 + end.size() <= width) line.pad_to(width - end.size()).add(end, Style::dim);
    return line.take(width);
}

}  // namespace virtscope::top

#include "top/view/table.h"

#include <algorithm>

#include "core/text.h"

namespace virtscope::top {
namespace {

// Returns how wide the cell is; nothing behind it depends on what it says.
std::size_t append_cell(std::string& line, const Column& column, std::string_view cell) {
    std::string cut;
    std::size_t taken = display_width(cell);
    if (column.width != 0 && taken > column.width) {
        cut = fit(cell, column.width);
        cell = cut;
        taken = column.width;
    }
    const std::size_t blanks = taken < column.width ? column.width - taken : 0;
    line.append(column.gap + (column.right ? blanks : 0), ' ');
    line += cell;
    if (!column.right) line.append(blanks, ' ');
    return taken + blanks;
}

}  // namespace

Line heading_line(const TableModel& table, std::size_t width) {
    std::string line;
    for (const Column& column : table.columns) append_cell(line, column, column.title);
    Line heading{clip(line, width), Style::heading};
    if (!table.sorted) return heading;
    Span sorted = places_of_columns(table, width)[*table.sorted];
    sorted.style = Style::sorted;
    if (sorted.width > 0) heading.spans.push_back(sorted);
    return heading;
}

Line row_line(const TableModel& table, const TableRow& row, std::size_t width) {
    std::string text;
    std::vector<Span> spans;
    std::size_t at = 0;
    for (std::size_t c = 0; c < table.columns.size(); ++c) {
        const std::size_t taken = append_cell(text, table.columns[c], row.cells[c]);
        at += table.columns[c].gap;
        const Style style = row.styles.empty() ? Style::plain : row.styles[c];
        if (style != Style::plain && at < width) spans.push_back({at, std::min(taken, width - at), style});
        at += taken;
    }
    return {clip(text, width), row.style, std::move(spans)};
}

std::vector<Span> places_of_columns(const TableModel& table, std::size_t width) {
    std::vector<Span> places;
    std::size_t at = 0;
    for (const Column& column : table.columns) {
        at = std::min(at + column.gap, width);
        const std::size_t own = column.width == 0 ? width - at : column.width;
        places.push_back({at, std::min(own, width - at)});
        at += places.back().width;
    }
    return places;
}

}  // namespace virtscope::top

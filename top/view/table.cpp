#include "top/view/table.h"

#include "core/text.h"

namespace virtscope::top {
namespace {

void append_cell(std::string& line, const Column& column, std::string_view cell) {
    const std::size_t taken = display_width(cell);
    const std::size_t blanks = taken < column.width ? column.width - taken : 0;
    line.append(column.gap + (column.right ? blanks : 0), ' ');
    line += cell;
    if (!column.right) line.append(blanks, ' ');
}

}  // namespace

Line heading_line(const TableModel& table, std::size_t width) {
    std::string line;
    for (const Column& column : table.columns) append_cell(line, column, column.title);
    return {clip(line, width), Style::heading};
}

Line row_line(const TableModel& table, const TableRow& row, std::size_t width) {
    std::string line;
    for (std::size_t c = 0; c < table.columns.size(); ++c) append_cell(line, table.columns[c], row.cells[c]);
    return {clip(line, width), row.style};
}

}  // namespace virtscope::top

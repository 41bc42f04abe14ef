// Table: columns, rows of cells, and how they become lines. What a cell says is the view's affair.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "top/view/screen.h"

namespace virtscope::top {

struct Column {
    std::string title;      // already placed within the width
    std::size_t width = 0;  // 0: the rest of the line (last column only)
    std::size_t gap = 1;    // blanks before it
    bool right = false;     // shorter cells stand at its right end
};

struct TableRow {
    std::vector<std::string> cells{};  // one a column, printable; cut where it is wider than the column
    Style style = Style::plain;
    std::vector<Style> styles{};  // one a cell, plain where it is as the row; or none
};

// Part of a table: rows [first, first + rows.size()) of `total`.
struct TableModel {
    std::vector<Column> columns{};
    std::vector<TableRow> rows{};
    std::size_t first = 0;
    std::size_t total = 0;
    std::optional<std::size_t> sorted{};  // the column that rows are in the order of
};

Line heading_line(const TableModel& table, std::size_t width);
Line row_line(const TableModel& table, const TableRow& row, std::size_t width);

// Where each column stands in the lines: its first place and its width, `width` being that of the line.
std::vector<Span> places_of_columns(const TableModel& table, std::size_t width);

}  // namespace virtscope::top

// Columns of lists: what they are called, what they say of a row, what rows are ordered by.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "top/view/list/row.h"
#include "top/view/screen.h"

namespace virtscope::top {

struct ColumnSpec {
    std::string_view name;                          // as -o and the init file call it
    std::string_view about;                         // for people who choose
    std::string_view (*title)(const ViewOptions&);  // no wider than the column
    std::string (*cell)(const RowContext&);         // printable
    // What rows are ordered by: the greater the earlier, absent last; a column without goes by `text`, as written.
    std::optional<double> (*rank)(const RowContext&) = nullptr;
    std::string_view (*text)(const RowContext&) = nullptr;
    bool least_first = false;  // of `rank`: as for IDs
    std::size_t width = 4;
    std::size_t gap = 1;                            // blanks before it
    bool right = false;                             // shorter cells stand at its right end
    Style (*style)(const RowContext&) = nullptr;    // of the cell, where it stands out; null: never
    std::size_t (*widest)(const Scene&) = nullptr;  // makes it wider than `width` where that is needed
};

// The columns of a list, in their order; the last one has the rest of the line. The first `fixed` and the last are
// always on the screen. The host's column is among them only for a fleet.
struct ColumnSet {
    std::span<const ColumnSpec* const> columns;
    std::size_t fixed = 2;
};
ColumnSet columns_of(View list, bool fleet);

// The column that -o, the init file or a key calls so: "cpu", "processor", "mem", …; null where the list has none.
const ColumnSpec* column_by_name(View list, std::string_view name);

// What a list is ordered by until somebody chooses: guests by %CPU, devices by ID, as the original does.
const ColumnSpec& usual_order(View list);

}  // namespace virtscope::top

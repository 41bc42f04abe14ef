#include <algorithm>

#include "top/view/figures.h"
#include "top/view/list/list.h"

namespace virtscope::top {
namespace {

// What the last column, a name, has at least: names of 20 columns are whole on 80.
std::size_t least_of_last(std::size_t width) { return std::min<std::size_t>(20, width / 4); }

std::size_t width_of(const Scene& scene, const ColumnSpec& column) {
    return column.widest == nullptr ? column.width : std::max(column.width, column.widest(scene));
}

std::size_t taken_by(const Scene& scene, const ColumnSpec& column) { return column.gap + width_of(scene, column); }

// The state's second place, for its mark, stands for the gap of what comes after it.
Column placed(const Scene& scene, const ColumnSpec& column, const ColumnSpec* before, const ViewOptions& options) {
    const bool close = before == nullptr || before->name == "state";
    return {std::string(column.title(options)), width_of(scene, column), close ? 0 : column.gap, column.right};
}

// IDs begin the line, but for a fleet's.
std::size_t gap_between(const ColumnSpec& column, const ColumnSpec* before, std::size_t gap) {
    return column.name == "id" && before != nullptr ? 1 : gap;
}

TableRow row_of(const List& list, const ColumnSet& set, const ColumnWindow& window, RowId row) {
    const RowContext context = list.context(row);
    TableRow cells;
    for (const std::size_t number : window.columns) {
        const ColumnSpec& column = *set.columns[number];
        cells.cells.push_back(column.cell(context));
        cells.styles.push_back(column.style == nullptr ? Style::plain : column.style(context));
    }
    const GuestState state = state_of_guest(context.frame(), row.guest);
    if (!is_active(state)) cells.style = Style::dim;
    if (is_stale(context.frame(), row.guest)) cells.style = Style::stale;
    return cells;
}

}  // namespace

ColumnWindow columns_within(const Scene& scene, const ColumnSet& set, std::size_t first, std::size_t width) {
    const std::size_t last = set.columns.size() - 1;
    const std::size_t scrolled = last - set.fixed;
    std::size_t taken = least_of_last(width);
    for (std::size_t i = 0; i < set.fixed; ++i) taken += taken_by(scene, *set.columns[i]);
    // As many as fit at the end of the list are reached: further to the left is no use.
    std::size_t furthest = scrolled;
    for (std::size_t room = taken; furthest > 0; --furthest) {
        room += taken_by(scene, *set.columns[set.fixed + furthest - 1]);
        if (room > width) break;
    }
    ColumnWindow window{.first = std::min({first, furthest, scrolled - std::min<std::size_t>(scrolled, 1)})};
    for (std::size_t i = 0; i < set.fixed; ++i) window.columns.push_back(i);
    std::size_t next = window.first;
    for (; next < scrolled; ++next) {
        taken += taken_by(scene, *set.columns[set.fixed + next]);
        if (taken > width && next > window.first) break;
        window.columns.push_back(set.fixed + next);
    }
    window.more_left = window.first > 0;
    window.more_right = next < scrolled;
    window.columns.push_back(last);
    return window;
}

TableModel table_of(const List& list, const Scene& scene, const ColumnWindow& window, std::span<const RowId> rows) {
    const ColumnSet set = columns_of(list.query().list, list.is_fleet());
    TableModel table{.total = list.size()};
    const ColumnSpec* before = nullptr;
    for (const std::size_t number : window.columns) {
        const ColumnSpec& column = *set.columns[number];
        table.columns.push_back(placed(scene, column, before, list.query().options));
        table.columns.back().gap = gap_between(column, before, table.columns.back().gap);
        if (&column == list.query().sorting.by) table.sorted = table.columns.size() - 1;
        before = &column;
    }
    for (const RowId row : rows) table.rows.push_back(row_of(list, set, window, row));
    return table;
}

}  // namespace virtscope::top

#include "top/print/stream.h"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "top/print/csv.h"
#include "top/view/cells.h"
#include "top/view/figures.h"
#include "top/view/list/list.h"
#include "top/view/list/shared_columns.h"
#include "top/view/summary.h"

namespace virtscope::top {
namespace {

// virt-top's own, without ours.
constexpr std::array<std::string_view, 10> classic{"id",    "state", "blockrdrq", "blockwrrq", "netrx",
                                                   "nettx", "cpu",   "mem",       "time",      "name"};

ColumnWindow classic_columns() {
    const auto columns = columns_of(View::guests, false).columns;
    ColumnWindow window;
    for (std::size_t number = 0; number < columns.size(); ++number) {
        if (std::ranges::find(classic, columns[number]->name) != classic.end()) window.columns.push_back(number);
    }
    return window;
}

// virt-top puts the last two titles elsewhere than on its screen.
std::string heading(TableModel table) {
    table.columns.resize(classic.size() - 2);
    table.sorted.reset();
    return heading_line(table, unlimited).text + "   TIME    NAME\n";
}

// Where the cells of `classic` say what virt-top says instead of what our columns do.
void as_the_original(std::vector<std::string>& cells, const RowContext& row) {
    constexpr std::size_t blocks = 2, nets = 4, cpu = 6, memory = 7;
    const bool is_new = is_new_guest(row.pair(), row.id.guest);
    const auto none = [&](std::size_t first) { cells[first] = cells[first + 1] = count_cell(0); };
    if (is_new || row.guest().disks == 0) none(blocks);
    if (is_new || row.guest().nics == 0) none(nets);
    if (is_new) cells[cpu] = percent_cell(0);
    const auto percent = memory_percent(row.frame(), row.id.guest);
    cells[memory] = is_new ? percent_cell(0) : percent_cell(percent ? std::optional(std::floor(*percent)) : percent);
    cells.back() = guest_name_cell(row);
}

}  // namespace

std::string stream_text(const Host& host, bool block_bytes, const GuestChoice& choice) {
    Scene scene;
    scene.hosts.push_back(host);
    const Frame& frame = host.picture.frame();
    const auto keep = [&](const RowContext& row) {
        return is_active(state_of_guest(row.frame(), row.id.guest)) && choice.takes(row);
    };
    List list(scene,
              {.sorting = {column_by_name(View::guests, "id")}, .options = {.block_bytes = block_bytes}, .keep = keep});
    const auto rows = list.rows(0, list.size());
    TableModel table = table_of(list, scene, classic_columns(), rows);
    std::string out = fmt::format("virt-top time  {} Host {} {} \n", clock_text(frame), printable(host.shown_name()),
                                  printable(machine_text(frame)));
    out += heading(table);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        as_the_original(table.rows[i].cells, list.context(rows[i]));
        out += row_line(table, table.rows[i], unlimited).text;
        out += '\n';
    }
    return out;
}

}  // namespace virtscope::top

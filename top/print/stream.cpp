#include "top/print/stream.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "core/text.h"
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

}  // namespace

std::string stream_text(const Picture& picture, bool block_bytes, std::string_view host) {
    const Frame& frame = picture.frame();
    Scene scene;
    scene.hosts.push_back({.picture = picture});
    List list(scene,
              {.sorting = {column_by_name(View::guests, "id")},
               .options = {.block_bytes = block_bytes},
               .keep = [](const RowContext& row) { return is_active(state_of_guest(row.frame(), row.id.guest)); }});
    const auto rows = list.rows(0, list.size());
    TableModel table = table_of(list, scene, classic_columns(), rows);
    std::string out =
        fmt::format("virt-top time  {} Host {} {} \n", clock_text(frame),
                    printable(host.empty() ? frame.roster->host.name : host), printable(machine_text(frame)));
    out += heading(table);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        TableRow& row = table.rows[i];
        row.cells.back() = guest_name_cell(list.context(rows[i]));
        out += row_line(table, row, unlimited).text;
        out += '\n';
    }
    return out;
}

}  // namespace virtscope::top

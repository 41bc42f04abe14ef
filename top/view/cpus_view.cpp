#include "top/view/cpus_view.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "top/view/cells.h"
#include "top/view/cpu_load.h"
#include "top/view/list/shared_columns.h"

namespace virtscope::top {
namespace {

constexpr std::size_t least_width = 12;  // of a guest's column, as the original's
constexpr std::size_t most_width = 20;

// Rows of guests that ran on any CPU, those that ran most first.
std::vector<std::size_t> guests_of(const std::vector<CpuLoad>& loads, std::size_t guests) {
    std::vector<double> run(guests);
    for (const CpuLoad& load : loads) {
        for (const GuestOnCpu& guest : load.guests) run[guest.guest] += guest.run;
    }
    std::vector<std::size_t> rows;
    for (std::size_t guest = 0; guest < guests; ++guest) {
        if (run[guest] > 0) rows.push_back(guest);
    }
    std::ranges::sort(rows, {}, [&](std::size_t guest) { return std::pair(-run[guest], guest); });
    return rows;
}

Column column_of(const RosterGuest& guest) {
    std::string name = printable(guest.name);
    const std::size_t width = std::clamp(display_width(name), least_width, most_width);
    return {fit(name, width), width};
}

std::string cell_of(const CpuLoad& load, std::size_t guest) {
    const auto found = std::ranges::find(load.guests, guest, &GuestOnCpu::guest);
    if (found == load.guests.end()) return {};
    return percent_cell(found->run) + " " + percent_cell(found->own);
}

}  // namespace

TableModel cpus_table(const Picture& picture, std::size_t first_guest, std::size_t width) {
    const auto loads = cpu_loads(picture.pair);
    const auto& roster = *picture.frame().roster;
    auto guests = guests_of(loads, roster.guests.size());
    guests.erase(guests.begin(), guests.begin() + static_cast<std::ptrdiff_t>(std::min(first_guest, guests.size())));
    TableModel table{.columns = {{"PHYCPU", 6, 0, true}, {"%CPU", 4}}, .total = loads.size()};
    std::size_t taken = 11;
    std::size_t shown = 0;
    for (; shown < guests.size(); ++shown) {
        Column column = column_of(roster.guests[guests[shown]]);
        taken += column.width + 1;
        if (taken > width) break;
        table.columns.push_back(std::move(column));
    }
    for (const CpuLoad& load : loads) {
        TableRow row{.cells = {load.name + "  ", percent_cell(load.busy)}};
        row.styles = {Style::plain, style_of_share(load.busy, 80, 98)};
        for (std::size_t i = 0; i < shown; ++i) row.cells.push_back(cell_of(load, guests[i]));
        row.styles.resize(row.cells.size(), Style::plain);
        table.rows.push_back(std::move(row));
    }
    return table;
}

}  // namespace virtscope::top

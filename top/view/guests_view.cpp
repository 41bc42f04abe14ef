#include "top/view/guests_view.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "top/view/cells.h"
#include "top/view/figures.h"

namespace virtscope::top {
namespace {

constexpr std::size_t our_columns_at = 9;  // before NAME
constexpr std::size_t id_width = 5;        // as long as IDs fit; process ids may have seven digits

// Domain IDs of guests that are not running mean nothing.
std::string id_cell(const Frame& frame, std::size_t guest) {
    if (!is_active(state_of_guest(frame, guest))) return "-";
    return fmt::format("{}", frame.roster->guests[guest].local_id);
}

std::size_t widest_id(const Frame& frame) {
    std::int64_t largest = 0;
    std::int64_t least = 0;
    for (const RosterGuest& guest : frame.roster->guests) {
        largest = std::max(largest, guest.local_id);
        least = std::min(least, guest.local_id);
    }
    return std::max({id_width, fmt::formatted_size("{}", largest), fmt::formatted_size("{}", least)});
}

// "R", or "R!" for a guest that does not answer.
std::string state_cell(const Frame& frame, std::size_t guest) {
    std::string cell(1, state_letter(state_of_guest(frame, guest)));
    if (is_stale(frame, guest)) cell += '!';
    return cell;
}

std::string name_cell(const Frame& frame, std::size_t guest) {
    std::string name = printable(frame.roster->guests[guest].name);
    if (name.empty()) name.push_back('-');
    return is_active(state_of_guest(frame, guest)) ? name : fmt::format("({})", name);
}

TableRow guest_row(const Picture& picture, std::size_t guest, bool block_bytes) {
    TableRow row{.cells = classic_cells(picture.pair, guest, block_bytes)};
    const auto at = row.cells.begin() + our_columns_at;
    row.cells.insert(at, {percent_cell(steal_percent(picture.pair, guest)), age_cell(monitor_age(picture, guest))});
    if (is_stale(picture.frame(), guest)) {
        row.cells.back() += " (stale)";
        row.style = Style::stale;
    }
    return row;
}

}  // namespace

std::vector<Column> classic_columns(const Frame& frame, bool block_bytes) {
    // The state takes two columns for its mark, so nothing separates it from the next.
    return {{"ID", widest_id(frame), 0, true},
            {"S", 2},
            {block_bytes ? "RDBY" : "RDRQ", 4, 0},
            {block_bytes ? "WRBY" : "WRRQ", 4},
            {"RXBY", 4},
            {"TXBY", 4},
            {"%CPU", 4},
            {"%MEM", 4},
            {"   TIME  ", 9},
            {"NAME", 0}};
}

std::vector<std::string> classic_cells(const FramePair& pair, std::size_t guest, bool block_bytes) {
    const Frame& frame = *pair.now();
    const auto read = block_bytes ? DiskMetric::read_bytes : DiskMetric::read_ops;
    const auto written = block_bytes ? DiskMetric::write_bytes : DiskMetric::write_ops;
    return {id_cell(frame, guest),
            state_cell(frame, guest),
            count_cell(rate_sum(pair, guest, read)),
            count_cell(rate_sum(pair, guest, written)),
            count_cell(rate_sum(pair, guest, NicMetric::rx_bytes)),
            count_cell(rate_sum(pair, guest, NicMetric::tx_bytes)),
            percent_cell(cpu_percent(pair, guest)),
            percent_cell(memory_percent(frame, guest)),
            time_cell(frame.get(guest, GuestMetric::cpu_time)),
            name_cell(frame, guest)};
}

TableModel guests_table(const Picture& picture, const GuestsOptions& options, std::size_t first, std::size_t count) {
    TableModel table{.columns = classic_columns(picture.frame(), options.block_bytes)};
    table.columns.insert(table.columns.begin() + our_columns_at, {{"%STL", 4}, {" AGE", 4}});
    table.first = first;
    table.total = picture.frame().roster->guests.size();
    for (const std::size_t guest : order(picture.pair, options.sort, options.block_bytes, first, count)) {
        table.rows.push_back(guest_row(picture, guest, options.block_bytes));
    }
    return table;
}

}  // namespace virtscope::top

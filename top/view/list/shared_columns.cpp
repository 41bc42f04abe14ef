#include "top/view/list/shared_columns.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "top/view/figures.h"

namespace virtscope::top {
namespace {

// Domain IDs of guests that are not running mean nothing.
std::string id_cell(const RowContext& row) {
    if (!is_active(state_of_guest(row.frame(), row.id.guest))) return "-";
    return fmt::format("{}", row.guest().local_id);
}

std::size_t widest_id(const Scene& scene) {
    std::int64_t largest = 0;
    std::int64_t least = 0;
    for (const Host& host : scene.hosts) {
        if (!host.is_known()) continue;
        for (const RosterGuest& guest : host.picture.frame().roster->guests) {
            largest = std::max(largest, guest.local_id);
            least = std::min(least, guest.local_id);
        }
    }
    return std::max(fmt::formatted_size("{}", largest), fmt::formatted_size("{}", least));
}

// "R", or "R!" for a guest that does not answer.
std::string state_cell(const RowContext& row) {
    std::string cell(1, state_letter(state_of_guest(row.frame(), row.id.guest)));
    if (is_stale(row.frame(), row.id.guest)) cell += '!';
    return cell;
}

constexpr std::size_t widest_shown = 24;

std::size_t widest_label(const Scene& scene) {
    std::size_t widest = 0;
    for (const Host& host : scene.hosts) widest = std::max(widest, display_width(host.label));
    return std::min(widest, widest_shown);
}

// By bytes, which is no less than it takes: names that are not ASCII have some room more.
std::size_t widest_name(const Scene& scene) {
    std::size_t widest = 0;
    for (const Host& host : scene.hosts) {
        if (!host.is_known()) continue;
        for (const RosterGuest& guest : host.picture.frame().roster->guests) {
            if (widest >= widest_shown) return widest_shown;
            widest = std::max(widest, guest.name.size());
        }
    }
    return std::min(widest, widest_shown);
}

}  // namespace

std::optional<double> number(std::optional<std::uint64_t> value) {
    if (!value) return std::nullopt;
    return static_cast<double>(*value);
}

std::string guest_name_cell(const RowContext& row) {
    std::string name = printable(row.guest().name);
    if (name.empty()) name.push_back('-');
    return is_active(state_of_guest(row.frame(), row.id.guest)) ? name : fmt::format("({})", name);
}

Style style_of_share(std::optional<double> percent, double busy, double critical) {
    if (!percent || *percent < busy) return Style::plain;
    return *percent < critical ? Style::busy : Style::critical;
}

const ColumnSpec host_column{
    .name = "host",
    .about = "Host",
    .title = titled<"HOST">,
    .cell = [](const RowContext& row) { return row.host.label; },
    .text = [](const RowContext& row) -> std::string_view { return row.host.label; },
    .widest = widest_label,
};

// Wide enough for domain IDs; process ids may have seven digits.
const ColumnSpec id_column{
    .name = "id",
    .about = "Domain ID",
    .title = titled<"ID">,
    .cell = id_cell,
    .rank = [](const RowContext& row) -> std::optional<double> { return static_cast<double>(row.guest().local_id); },
    .least_first = true,
    .width = 5,
    .gap = 0,
    .right = true,
    .widest = widest_id,
};

// Takes two columns for its mark, so nothing separates it from the next.
const ColumnSpec state_column{
    .name = "state",
    .about = "State",
    .title = titled<"S">,
    .cell = state_cell,
    .text = [](const RowContext& row) { return state_name(state_of_guest(row.frame(), row.id.guest)); },
    .width = 2,
};

const ColumnSpec domain_column{
    .name = "name",
    .about = "Domain name",
    .title = titled<"DOMAIN">,
    .cell = guest_name_cell,
    .text = [](const RowContext& row) -> std::string_view { return row.guest().name; },
    .width = 12,
    .widest = widest_name,
};

}  // namespace virtscope::top

#include "top/view/list/list.h"

#include <algorithm>
#include <limits>

namespace virtscope::top {
namespace {

struct Range {
    std::size_t first, count;
};

Range rows_of(const RosterGuest& guest, std::size_t place, Scope scope) {
    switch (scope) {
        case Scope::Nic: return {guest.first_nic, guest.nics};
        case Scope::Disk: return {guest.first_disk, guest.disks};
        case Scope::Vcpu: return {guest.first_vcpu, guest.vcpus};
        default: return {place, 1};
    }
}

}  // namespace

List::List(const Scene& scene, ListQuery query) : scene_(scene), query_(std::move(query)) {
    for (std::size_t host = 0; host < scene.hosts.size(); ++host) {
        if (scene.hosts[host].is_known()) add_rows_of(static_cast<std::uint32_t>(host));
    }
}

void List::add_rows_of(std::uint32_t host) {
    const Roster& roster = *scene_.hosts[host].picture.frame().roster;
    const Scope scope = scope_of_list(query_.list);
    ranked_.reserve(ranked_.size() + roster.rows(scope));
    for (std::size_t guest = 0; guest < roster.guests.size(); ++guest) {
        const Range range = rows_of(roster.guests[guest], guest, scope);
        for (std::size_t row = range.first; row < range.first + range.count; ++row) {
            add({host, static_cast<std::uint32_t>(guest), static_cast<std::uint32_t>(row)});
        }
    }
}

void List::add(RowId row) {
    if (!query_.keep || query_.keep(context(row))) ranked_.push_back(ranked(row));
}

List::Ranked List::ranked(RowId row) const {
    const RowContext at = context(row);
    Ranked ranked{.rank = 0, .text = {}, .id = at.guest().local_id, .row = row};
    const ColumnSpec& by = *query_.sorting.by;
    if (by.text != nullptr) ranked.text = by.text(at);
    if (by.rank == nullptr) return ranked;
    const bool least_first = by.least_first != query_.sorting.inverted;
    const auto value = by.rank(at);
    constexpr double last = -std::numeric_limits<double>::infinity();
    ranked.rank = value ? (least_first ? -*value : *value) : last;
    return ranked;
}

bool List::is_earlier(const Ranked& a, const Ranked& b) const {
    if (a.rank != b.rank) return a.rank > b.rank;
    if (a.text != b.text) return (a.text < b.text) != query_.sorting.inverted;
    if (a.id != b.id) return a.id < b.id;
    return a.row < b.row;
}

std::vector<RowId> List::rows(std::size_t first, std::size_t count) {
    first = std::min(first, ranked_.size());
    count = std::min(count, ranked_.size() - first);
    const auto earlier = [this](const Ranked& a, const Ranked& b) { return is_earlier(a, b); };
    const auto begin = ranked_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    if (begin != ranked_.begin() && begin != ranked_.end())
        std::nth_element(ranked_.begin(), begin, ranked_.end(), earlier);
    std::partial_sort(begin, end, ranked_.end(), earlier);
    std::vector<RowId> rows;
    rows.reserve(count);
    for (auto place = begin; place != end; ++place) rows.push_back(place->row);
    return rows;
}

std::size_t List::place_of(RowId row) const {
    const Ranked mine = ranked(row);
    return static_cast<std::size_t>(
        std::ranges::count_if(ranked_, [&](const Ranked& other) { return is_earlier(other, mine); }));
}

}  // namespace virtscope::top

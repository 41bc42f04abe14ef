#include "core/rates.h"

#include <algorithm>

#include <limits>
#include <unordered_map>
#include <utility>

namespace virtscope {
namespace {

constexpr std::uint32_t no_row = std::numeric_limits<std::uint32_t>::max();
using RowMap = std::vector<std::uint32_t>;

RowMap match_guests(const Roster& before, const Roster& now) {
    std::unordered_map<Uuid, std::uint32_t, UuidHash> index;
    index.reserve(before.guests.size());
    for (std::uint32_t i = 0; i < before.guests.size(); ++i) index.emplace(before.guests[i].uuid, i);
    RowMap rows;
    rows.reserve(now.guests.size());
    for (const RosterGuest& guest : now.guests) {
        const auto found = index.find(guest.uuid);
        const bool same = found != index.end() && before.guests[found->second].generation == guest.generation;
        rows.push_back(same ? found->second : no_row);
    }
    return rows;
}

// A guest has a handful of devices: a linear look is the fastest there is.
RowMap match_instances(const Roster& before, const Roster& now, const RowMap& guests, const GuestList& list) {
    const auto& older = before.*list.all;
    const auto& newer = now.*list.all;
    RowMap rows(newer.size(), no_row);
    for (std::size_t i = 0; i < newer.size(); ++i) {
        const std::uint32_t guest = guests[newer[i].guest];
        if (guest == no_row) continue;
        const std::uint32_t first = before.guests[guest].*list.first;
        for (std::uint32_t r = first; r < first + before.guests[guest].*list.count; ++r) {
            if (older[r].name == newer[i].name) rows[i] = r;
        }
    }
    return rows;
}

// Both lists are in the order of their numbers, and mostly the same.
RowMap match_of_host(const std::vector<RosterInstance>& before, const std::vector<RosterInstance>& now) {
    RowMap rows(now.size(), no_row);
    for (std::size_t i = 0; i < now.size(); ++i) {
        if (i < before.size() && before[i].name == now[i].name) {
            rows[i] = static_cast<std::uint32_t>(i);
            continue;
        }
        const auto found = std::ranges::find(before, now[i].name, &RosterInstance::name);
        if (found != before.end()) rows[i] = static_cast<std::uint32_t>(found - before.begin());
    }
    return rows;
}

}  // namespace

std::optional<double> rate(Reading before, Reading now) {
    if (now.time <= before.time || now.value < before.value) return std::nullopt;
    const auto units = static_cast<double>(now.value - before.value);
    return units * 1e9 / static_cast<double>(now.time - before.time);
}

FramePair::FramePair(FramePtr before, FramePtr now) : before_(std::move(before)), now_(std::move(now)) {
    if (!before_ || !now_) return;
    if (before_->roster->host.boot_id != now_->roster->host.boot_id) return;
    if (now_->monotonic <= before_->monotonic) return;
    interval_ = now_->monotonic - before_->monotonic;
    same_roster_ = before_->roster == now_->roster;
    if (same_roster_) return;
    const RowMap guests = match_guests(*before_->roster, *now_->roster);
    for (const GuestList& list : guest_lists) {
        rows_[static_cast<std::size_t>(list.scope)] = match_instances(*before_->roster, *now_->roster, guests, list);
    }
    for (const HostList& list : host_lists) {
        rows_[static_cast<std::size_t>(list.scope)] = match_of_host((*before_->roster).*list.all, (*now_->roster).*list.all);
    }
    rows_[static_cast<std::size_t>(Scope::Guest)] = guests;
    rows_[static_cast<std::size_t>(Scope::Host)] = {0};
    rows_[static_cast<std::size_t>(Scope::Agent)] = {0};
}

std::optional<std::size_t> FramePair::older(Scope scope, std::size_t row) const {
    if (interval_ == 0) return std::nullopt;
    if (same_roster_) return row;
    const std::uint32_t found = rows_[static_cast<std::size_t>(scope)][row];
    if (found == no_row) return std::nullopt;
    return found;
}

std::optional<double> FramePair::rate_of(Scope scope, std::size_t row, std::size_t column) const {
    const auto old_row = older(scope, row);
    if (!old_row) return std::nullopt;
    const Table& newer = now_->table(scope);
    const Table& older = before_->table(scope);
    const auto value = newer.get(row, column);
    const auto base = older.get(*old_row, column);
    if (!value || !base) return std::nullopt;
    return virtscope::rate({*base, older.row(*old_row).time}, {*value, newer.row(row).time});
}

std::optional<std::uint64_t> FramePair::increase_of(Scope scope, std::size_t row, std::size_t column) const {
    if (!rate_of(scope, row, column)) return std::nullopt;
    return *now_->table(scope).get(row, column) - *before_->table(scope).get(*older(scope, row), column);
}

}  // namespace virtscope

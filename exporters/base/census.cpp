#include "exporters/base/census.h"

#include <algorithm>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::exporters {
namespace {

constexpr std::size_t index(Scope scope) { return static_cast<std::size_t>(scope); }

std::string instance_text(std::string_view name) { return name.empty() ? "?" : exported_text(name); }

// `name`, or where another one has it, with a number behind it, the row's if that is free. Not longer than names are.
std::string distinct(std::string name, std::uint64_t row, std::unordered_set<std::string>& taken) {
    const std::string wanted = name;
    for (std::uint64_t number = row; !taken.insert(name).second; ++number) {
        const std::string suffix = fmt::format("#{}", number);
        name = printable(wanted, longest_name - suffix.size()) + suffix;
    }
    return name;
}

}  // namespace

std::string exported_text(std::string_view text) { return printable(text, longest_name); }

Census::Census(RosterPtr roster, const Filter& filter) : roster_(std::move(roster)) {
    rows_[index(Scope::Host)] = {0};
    rows_[index(Scope::Agent)] = {0};
    take_guests(filter);
    for (const GuestList& list : guest_lists) take_instances(list.scope, filter);
    for (const HostList& list : host_lists) take_instances(list.scope, filter);
}

void Census::take_guests(const Filter& filter) {
    const auto& guests = roster_->guests;
    uuids_.resize(guests.size());
    guests_.resize(guests.size());
    std::unordered_set<Uuid, UuidHash> seen;
    seen.reserve(guests.size());
    for (std::uint32_t row = 0; row < guests.size(); ++row) {
        std::string name = exported_text(guests[row].name);
        if (!filter.allows_guest(name, guests[row].uuid)) continue;
        if (!seen.insert(guests[row].uuid).second) {
            ++left_out_;
            continue;
        }
        rows_[index(Scope::Guest)].push_back(row);
        uuids_[row] = guests[row].uuid.text();
        guests_[row] = std::move(name);
    }
}

void Census::take_instances(Scope scope, const Filter& filter) {
    const auto& listed = roster_->instances(scope);
    auto& names = instances_[index(scope)];
    names.resize(listed.size());
    const bool of_guests = guest_list(scope) != nullptr;
    std::unordered_set<std::string> taken;  // by one guest, whose instances stand together
    for (std::uint32_t row = 0; row < listed.size(); ++row) {
        if (of_guests && row > 0 && listed[row].guest != listed[row - 1].guest) taken.clear();
        if (of_guests && (listed[row].guest >= uuids_.size() || uuids_[listed[row].guest].empty())) continue;
        std::string name = instance_text(listed[row].name);
        if (!filter.allows_instance(scope, name)) continue;
        if (of_guests && taken.size() == most_instances) {
            ++left_out_;
            continue;
        }
        rows_[index(scope)].push_back(row);
        names[row] = distinct(std::move(name), row, taken);
    }
}

Labels Census::labels(Scope scope, std::uint32_t row) const {
    Labels labels;
    if (scope == Scope::Host || scope == Scope::Agent) return labels;
    if (host_list(scope) == nullptr) {
        const std::uint32_t guest = scope == Scope::Guest ? row : roster_->instances(scope)[row].guest;
        labels.add("uuid", uuids_[guest]);
        labels.add("guest", guests_[guest]);
    }
    if (scope != Scope::Guest) labels.add(scope_name(scope), instance(scope, row));
    return labels;
}

}  // namespace virtscope::exporters

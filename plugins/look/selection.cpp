#include "plugins/look/selection.h"

#include <algorithm>

namespace virtscope::checks {

Chosen choose_guests(const Roster& roster, const Request& request) {
    Chosen chosen;
    if (request.only) {
        chosen.guests.push_back(*request.only);
        chosen.one_by_name = true;
        return chosen;
    }
    for (std::size_t row = 0; row < roster.guests.size(); ++row) {
        const RosterGuest& guest = roster.guests[row];
        if (any_means(request.excluded, guest)) continue;
        if (request.guests.empty() || any_means(request.guests, guest)) chosen.guests.push_back(row);
    }
    for (const GuestPattern& pattern : request.guests) {
        const bool found = std::ranges::any_of(roster.guests, [&](const auto& guest) { return pattern.means(guest); });
        if (!found) (pattern.exact() ? chosen.missing : chosen.unmatched).push_back(pattern.text());
    }
    chosen.one_by_name =
        request.guests.size() == 1 && request.guests.front().exact() && chosen.guests.size() == 1;
    return chosen;
}

void add_missing(const Chosen& chosen, Status status, std::string_view text, Report& report) {
    for (const std::string& name : chosen.missing) {
        report.findings.push_back({.status = status, .name = name, .text = std::string(text), .detail = {}});
    }
    for (const std::string& pattern : chosen.unmatched) {
        report.findings.push_back(
            {.status = Status::unknown, .name = {}, .text = "no guest matches '" + pattern + "'", .detail = {}});
    }
    if (chosen.guests.empty() && report.findings.empty()) {
        report.findings.push_back({.status = Status::unknown, .name = {}, .text = "no guest to check", .detail = {}});
    }
}

bool is_stale(const Frame& frame, std::size_t row) {
    return frame.table(Scope::Guest).row(row).quality == Quality::stale ||
           frame.get(row, GuestMetric::stale).value_or(0) != 0;
}

GuestState state_in(const Frame& frame, std::size_t row) {
    const auto cell = frame.get(row, GuestMetric::state);
    return cell ? state_of(*cell) : GuestState::unknown;
}

std::string name_of(const RosterGuest& guest) { return guest.name.empty() ? guest.uuid.text() : guest.name; }

}  // namespace virtscope::checks

#include "plugins/selection.h"

#include <algorithm>
#include <fnmatch.h>

namespace virtscope::checks {
namespace {

bool is_glob(const std::string& pattern) { return pattern.find_first_of("*?[") != std::string::npos; }

bool means(const std::string& pattern, const RosterGuest& guest) {
    if (const auto uuid = Uuid::parse(pattern)) {
        if (guest.uuid == *uuid) return true;
    }
    // The exact name first: a guest may well be called "web[1]".
    if (guest.name == pattern) return true;
    return is_glob(pattern) && ::fnmatch(pattern.c_str(), guest.name.c_str(), 0) == 0;
}

bool any_means(const std::vector<std::string>& patterns, const RosterGuest& guest) {
    return std::ranges::any_of(patterns, [&](const std::string& pattern) { return means(pattern, guest); });
}

}  // namespace

Selection select_guests(const Roster& roster, const Request& request) {
    Selection selection;
    for (std::size_t row = 0; row < roster.guests.size(); ++row) {
        const RosterGuest& guest = roster.guests[row];
        if (any_means(request.excluded, guest)) continue;
        if (request.guests.empty() || any_means(request.guests, guest)) selection.guests.push_back(row);
    }
    for (const std::string& pattern : request.guests) {
        const bool found = std::ranges::any_of(roster.guests, [&](const auto& guest) { return means(pattern, guest); });
        if (!found) (is_glob(pattern) ? selection.unmatched : selection.missing).push_back(pattern);
    }
    return selection;
}

void add_missing(const Selection& selection, Status status, std::string_view text, Report& report) {
    for (const std::string& name : selection.missing) {
        report.findings.push_back({.status = status, .name = name, .text = std::string(text), .detail = {}});
    }
    for (const std::string& glob : selection.unmatched) {
        report.findings.push_back(
            {.status = Status::unknown, .name = {}, .text = "no guest matches '" + glob + "'", .detail = {}});
    }
    if (selection.guests.empty() && report.findings.empty()) {
        report.findings.push_back({.status = Status::unknown, .name = {}, .text = "no guest to check", .detail = {}});
    }
}

bool is_stale(const Frame& frame, std::size_t row) {
    return frame.table(Scope::Guest).row(row).quality == Quality::stale ||
           frame.get(row, GuestMetric::stale).value_or(0) != 0;
}

std::string name_of(const RosterGuest& guest) { return guest.name.empty() ? guest.uuid.text() : guest.name; }

}  // namespace virtscope::checks

// Selection: which guests --guest and --exclude mean.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/frame.h"
#include "plugins/answer/report.h"
#include "plugins/command/request.h"

namespace virtscope::checks {

struct Chosen {
    std::vector<std::size_t> guests;     // rows, in roster order, each once
    std::vector<std::string> missing;    // names and UUIDs that no guest has
    std::vector<std::string> unmatched;  // globs and expressions that no guest matches
    bool one_by_name = false;            // one guest was asked for by name or UUID: its labels need no name
};

// --exclude wins over --guest.
Chosen choose_guests(const Roster& roster, const Request& request);

// Findings for what was asked for and is not there: `status` and `text` for a guest named exactly,
// UNKNOWN for a glob without a match and when there is no guest to check at all.
void add_missing(const Chosen& chosen, Status status, std::string_view text, Report& report);

// Whether the guest or its monitor does not answer: a check that sees that never says OK.
bool is_stale(const Frame& frame, std::size_t row);

// What the frame says; unknown where it says nothing.
GuestState state_in(const Frame& frame, std::size_t row);

// The name to show: the UUID where there is no name.
std::string name_of(const RosterGuest& guest);

}  // namespace virtscope::checks

// Selection: which guests --guest and --exclude mean.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "core/frame.h"
#include "plugins/report.h"
#include "plugins/request.h"

namespace virtscope::checks {

struct Selection {
    std::vector<std::size_t> guests;      // rows, in roster order, each once
    std::vector<std::string> missing;     // names and UUIDs that no guest has
    std::vector<std::string> unmatched;   // globs that no guest matches
};

// A guest is meant by its UUID, its exact name, or a glob (fnmatch(3): * ? [...]) over its name.
// --exclude wins over --guest.
Selection select_guests(const Roster& roster, const Request& request);

// Findings for what was asked for and is not there: `status` and `text` for a guest named exactly,
// UNKNOWN for a glob without a match and when there is no guest to check at all.
void add_missing(const Selection& selection, Status status, std::string_view text, Report& report);

// Whether the guest or its monitor does not answer: a check that sees that never says OK.
bool is_stale(const Frame& frame, std::size_t row);

// The name to show: the UUID where there is no name.
std::string name_of(const RosterGuest& guest);

}  // namespace virtscope::checks

// Passive results: one run of a mode judges every guest and hands each its result, as Nagios takes them from its
// command file:
//
//     [1795485800] PROCESS_SERVICE_CHECK_RESULT;web01;virt cpu;0;VIRT CPU OK: … | cpu=12.3%
//
// Source: Nagios Core "External commands", PROCESS_SERVICE_CHECK_RESULT.
#pragma once

#include <string>

#include "core/result.h"
#include "plugins/answer/report.h"
#include "plugins/command/request.h"
#include "plugins/look/snapshot.h"

namespace virtscope::checks {

// Writes a line for each chosen guest to request.passive and reports on that: how many of which status. A file is
// appended to under a lock, a pipe must have a reader. With `complaint` every guest's result is UNKNOWN for that reason.
// The report is OK when all could be written, there was something to write, and nobody who was named is missing. Errors: absent, denied, busy (nobody reads the pipe), timeout, system.
Result<Report> hand_out(const Request& request, Snapshot& snapshot, const std::string& complaint, std::int64_t now);

}  // namespace virtscope::checks

// Judging: the run of every mode whose measures are enough to tell what it finds.
#pragma once

#include "core/result.h"
#include "plugins/command/mode.h"

namespace virtscope::checks {

// Observes the mode's measures of the chosen guests and judges those that have thresholds (without any on the command
// line: the first one, that it is known). A guest's finding is its worst observation. Guests that are off are not judged unless
// named. Errors: those of the ring.
Result<Report> judge_measures(const Request& request, Snapshot& snapshot);

// For modes that say more about a guest than its figures do.
struct Voice {
    // What to say of a guest for which a judged figure is unknown, or has no rows; empty: what is said of all modes.
    std::string (*why_unknown)(const Frame& frame, std::size_t guest) = nullptr;
    std::string_view all_well;     // "all answer": the headline where every guest is OK
    std::string_view nothing;      // "has no disks": of a guest that has none of what the mode is about
    // What to say of the figure that speaks for a guest; null: its value, and what range it is outside of.
    std::string (*say)(const Sight& sight, const Value& value) = nullptr;
    bool answers_stale = false;    // a guest that does not answer is what the mode is about
};
Result<Report> judge_measures(const Request& request, Snapshot& snapshot, const Voice& voice);

// Whether Xen tells of a guest, which knows less of it than a QEMU does: docs/metrics.md.
bool is_told_by_xen(const Frame& frame, std::size_t guest);

}  // namespace virtscope::checks

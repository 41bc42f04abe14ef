// Observing: the values of a mode's measures over the window, under the statistic that was asked for.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "plugins/command/request.h"
#include "plugins/look/snapshot.h"
#include "plugins/terms/measure.h"

namespace virtscope::checks {

struct Observation {
    const Measure* measure = nullptr;
    std::size_t guest = 0;  // row of the newest frame; 0 for measures of the host
    std::size_t row = 0;    // in the measure's scope
    Value value;
};

struct Observed {
    std::vector<Observation> all;    // by guest, then measure, then row
    std::vector<std::string> notes;  // where the window is not what was asked for
    std::string basis;               // "average over 60 s", for people; empty where all is of the newest frame
};

// `few`: of the measures only the first and those that are judged, which is all that is told of several guests.
// A value that the newest frame does not have is unknown, whatever was before. Errors: those of the ring.
Result<Observed> observe(Snapshot& snapshot, const Request& request, std::span<const Measure> measures,
                         std::span<const std::size_t> guests, bool few = false);

// "vda", "eth0"; empty for what has no name of its own.
std::string_view device_of(const Roster& roster, const Observation& observation);

}  // namespace virtscope::checks

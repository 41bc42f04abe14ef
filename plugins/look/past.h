// The past of observations, sample by sample: for statistics that two frames do not tell, and for since when.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/result.h"
#include "plugins/look/observe.h"

namespace virtscope::checks {

// Fills in the values of `wanted` by the request's statistic over its window. How many samples there were.
// Errors: those of the ring.
Result<std::size_t> over_window(Snapshot& snapshot, const Request& request, std::span<Observation* const> wanted);

// Since when a value is where it is: beyond a range.
struct Since {
    std::int64_t realtime = 0;  // ns
    bool longer = false;        // at the least: further back was not looked, or is not known
};

// Goes back from the newest frame as long as the value alerts. Looks ten minutes back, three windows at the least.
// Nothing where not even the newest samples say so, or the ring cannot be read.
std::optional<Since> alerting_since(Snapshot& snapshot, const Request& request, const Observation& observation,
                                    const Range& range);

// "since 16:20:05 (5 min)"
std::string since_text(const Since& since, std::int64_t now);

}  // namespace virtscope::checks

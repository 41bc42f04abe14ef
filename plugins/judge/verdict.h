// What a check makes of observations: which one speaks for a guest, what status it has and what is said of it.
#pragma once

#include <span>
#include <string>

#include "plugins/command/request.h"
#include "plugins/look/observe.h"

namespace virtscope::checks {

// Observations whose measure has thresholds are judged, by presets only where they are known; where the command line has
// none, those of the mode's first measure as well.
bool is_judged(const Observation& observation, const Request& request);

// What is idle is OK, what is unknown UNKNOWN.
Status status_of(const Observation& observation, const Request& request);

// By how much one value of a measure is worse than another; what is not known is the least bad.
double badness(const Observation& observation);

// The worst of those that are judged, of several of a measure the one with the worst value; null: none is judged.
const Observation* leading(std::span<const Observation> part, const Request& request);

// "vda write latency 35 ms, outside 0:0.02"
std::string text_of(const Observation& observation, const Request& request, const Roster& roster);

// Every judged observation with its value, how it was measured and its thresholds.
std::string why_of(std::span<const Observation> part, const Request& request, const Roster& roster,
                   const std::string& basis);

// Why a guest has no rates: it has not been there for long. Empty if it has.
std::string too_young(const Snapshot& snapshot, std::size_t guest);

}  // namespace virtscope::checks

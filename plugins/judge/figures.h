// The figures of judged guests: the headline and perfdata of a check.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "plugins/answer/report.h"
#include "plugins/look/observe.h"
#include "plugins/look/selection.h"

namespace virtscope::checks {

// A guest, its observations, and which of them speaks for it (null: none).
struct Judged {
    std::size_t guest = 0;
    std::span<const Observation> part;
    const Observation* lead = nullptr;
};

// "web01: CPU use 12.3 %", or of many guests "8 guests, highest CPU use 93.1 % (web01)".
std::string headline(const Chosen& chosen, const std::vector<Judged>& judged, const Request& request,
                     const Roster& roster);

// Of one guest that was named: every measure of every device, labels without the guest. Of several: what is judged,
// of each guest's device with the highest value, labels with the guest. With --worst: the highest value alone.
void add_perfdata(const Chosen& chosen, const std::vector<Judged>& judged, const Request& request,
                  const Roster& roster, Report& report);

// An observation as perfdata under that label, or under the one that its measure and its device give it.
Perf perf_of(const Observation& observation, const Request& request, std::string label);
Perf perf_of(const Observation& observation, const Request& request, const Roster& roster, Labels& labels);

}  // namespace virtscope::checks

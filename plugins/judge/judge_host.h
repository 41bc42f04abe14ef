// Judging what is not about guests: the host, the agent.
#pragma once

#include "core/result.h"
#include "plugins/command/mode.h"
#include "plugins/look/observe.h"

namespace virtscope::checks {

// A finding for each measure that is judged and not OK, one for all the others, and all measures as perfdata. The first line
// tells the first `told` measures. Errors: those of the ring.
Result<Report> judge_host(const Request& request, Snapshot& snapshot, std::size_t told);

}  // namespace virtscope::checks

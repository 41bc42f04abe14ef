// Events that follow from two rosters: who started, stopped, was renamed, got or lost a device.
#pragma once

#include <vector>

#include "core/frame.h"
#include "core/roster.h"

namespace virtscope {

std::vector<Event> roster_events(const Roster& before, const Roster& now);

}  // namespace virtscope

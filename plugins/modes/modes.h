// All modes; each is defined in the file of its name.
#pragma once

#include "plugins/command/mode.h"
#include "plugins/look/snapshot.h"

namespace virtscope::checks {

extern const Mode state_mode;
extern const Mode cpu_mode;
extern const Mode steal_mode;
extern const Mode memory_mode;
extern const Mode balloon_mode;
extern const Mode block_mode;
extern const Mode net_mode;
extern const Mode responsive_mode;
extern const Mode restarts_mode;
extern const Mode uptime_mode;
extern const Mode host_mode;
extern const Mode agent_mode;
extern const Mode events_mode;
extern const Mode console_mode;
extern const Mode fs_mode;
extern const Mode guest_agent_mode;

}  // namespace virtscope::checks

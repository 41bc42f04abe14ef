// Orders that the agent inside the guest carries out, where the configuration permits to ask it.
#pragma once

#include "core/result.h"
#include "drivers/lifecycle.h"
#include "drivers/process.h"
#include "drivers/qemu/command_line.h"

namespace virtscope::qemu {

// guestinfo; shutdown by mode agent; reboot, for which QEMU itself has no way to ask a guest.
bool is_for_agent(const Order& order);

// Errors: unsupported where agents are not used or the guest has none, else those of guest_agent.h.
Result<Answer> over_agent(const Order& order, const Process& process, const CommandLine& line, bool permitted);

}  // namespace virtscope::qemu

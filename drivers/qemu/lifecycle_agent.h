// Orders that the agent inside the guest carries out, where the configuration permits to ask it.
#pragma once

#include <memory>

#include "core/result.h"
#include "drivers/lifecycle.h"
#include "drivers/process.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/loan.h"

namespace virtscope::qemu {

// guestinfo; shutdown by mode agent; reboot, for which QEMU itself has no way to ask a guest.
bool is_for_agent(const Order& order);

// The channel is borrowed from those who ask the agent from time to time; `loans` is null where agents may not be used.
// Errors: unsupported where agents are not used or the guest has none, timeout where the channel does not get free, else
// those of guest_agent.h.
Result<Answer> over_agent(const Order& order, const Process& process, const CommandLine& line,
                          const std::shared_ptr<Loans>& loans);

}  // namespace virtscope::qemu

// One question to a guest's agent over a socket of QEMU's, as GuestAgents puts it from time to time.
#pragma once

#include <memory>
#include <optional>

#include "core/fd.h"
#include "core/result.h"
#include "drivers/guest_agents.h"
#include "drivers/process.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/guest_agent_value.h"
#include "drivers/qemu/loan.h"

namespace virtscope::qemu {

// Talks to the agent at the other end of a connected non-blocking socket: at most three seconds. The connection is closed
// afterwards, for QEMU serves one client at a time.
AgentReply poll_agent(Fd socket, bool filesystems);

// What an agent returned of guest-get-fsinfo. None: it is no list.
std::optional<GuestFilesystems> told_filesystems(const AgentValue& returned);

// How the guest's agent is asked; an order that wants the channel has it first. Null: it has none that we may use.
AskAgent way_to_agent(std::shared_ptr<const Process> process, const CommandLine& line, std::shared_ptr<Loans> loans);

}  // namespace virtscope::qemu

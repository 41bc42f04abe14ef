// One question to the agent inside a guest of a local libvirt, as GuestAgents puts it from time to time.
//
// libvirt has a lock for talks with a guest's agent apart from the one for everything else, so an agent that hangs holds
// up no statistics and no order but those to itself. libvirt calls an agent silent after 5 s. One that answers libvirt's
// greeting and then hangs keeps the call, a thread of ours and one of libvirtd's, until it answers or its guest ends:
// no call bounds that without marking the guest as tainted (virDomainQemuAgentCommand) or changing the patience of all
// other clients (virDomainAgentSetResponseTimeout, which an administrator may use: `virsh guest-agent-timeout`). So
// GuestAgents' bound on threads is also the bound on what such guests cost libvirtd.
#pragma once

#include <memory>

#include "drivers/guest_agents.h"
#include "drivers/libvirt/lifecycle_connections.h"
#include "drivers/place.h"

namespace virtscope::libvirt {

// How the agent of the run at that place is asked, over connections that nobody else uses: libvirtd reads no more of a
// client with five calls under way. Both are shared with the threads that ask.
AskAgent way_to_agent(const Library& library, std::shared_ptr<Connections> connections, const Place& place);

}  // namespace virtscope::libvirt

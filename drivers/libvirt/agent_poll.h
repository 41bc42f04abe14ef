// One question to the agent inside a guest of a local libvirt, as GuestAgents puts it from time to time.
//
// libvirt has a lock for talks with a guest's agent apart from the one for everything else, so an agent that hangs holds
// up no statistics and no order but those to itself. virDomainQemuAgentCommand is the only call that gives up after a
// while of its own; virDomainGetGuestInfo keeps one of libvirtd's threads for as long as the agent hangs. Its price is
// that libvirt marks the guest: "tainted: custom guest agent control commands issued" in `virsh dominfo`, a word to
// whoever looks into that guest's troubles, with no other effect.
#pragma once

#include <memory>

#include "drivers/guest_agents.h"
#include "drivers/libvirt/lifecycle_connections.h"
#include "drivers/place.h"

namespace virtscope::libvirt {

// How the agent of the run at that place is asked, over connections that nobody else uses: libvirtd reads no more of a
// client with five calls under way. Both are shared with the threads that ask. A question takes four seconds at most
// while libvirtd itself answers. Null: this libvirt cannot.
AskAgent way_to_agent(const Library& library, std::shared_ptr<Connections> connections, const Place& place);

}  // namespace virtscope::libvirt

// Orders to guests of libvirt; what they mean and promise is in drivers/lifecycle.h.
//
// Each order has a thread and a read-write connection of its own while it lasts, for a call into libvirt may not return
// for as long as its guest hangs: carry_out() stops waiting at the deadline and the thread ends when libvirt lets it.
// destroy has threads apart from the others, so that guests which hang can always be ended.
#pragma once

#include <memory>
#include <string>

#include "drivers/lifecycle.h"

namespace virtscope::libvirt {

// Never blocks: connects when the first order comes, and again when a connection has died. It may be let go while
// calls are under way. `guest_agents`: may the agents inside guests be asked; without, orders that need them are
// unsupported. Verb::deploy is for
// the QEMU of this host only.
std::shared_ptr<Lifecycle> make_lifecycle(std::string uri, bool guest_agents = false);

}  // namespace virtscope::libvirt

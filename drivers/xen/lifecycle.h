// Orders to Xen's guests; what they mean and promise is in drivers/lifecycle.h.
//
// libxenlight's soname pins one version of Xen, it forks and reaps children as if the process were its own, and it
// keeps state for as long as its context lives. So the agent does without it: each order is carried out by a run of the
// program virtscope-libxl (drivers/xen/libxl), which is built where libxen-dev is and may be there or not.
#pragma once

#include <memory>
#include <string>

#include "drivers/lifecycle.h"

namespace virtscope::xen {

// Never blocks; looks for the program when an order comes. `helper`: its path; empty: as find_helper() says.
std::shared_ptr<Lifecycle> make_xen_lifecycle(std::string helper = {});

}  // namespace virtscope::xen

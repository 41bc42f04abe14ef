// The Xen driver: xen:/// watches every domain of this host from Domain-0, without libvirt and without Xen's own libraries.
#pragma once

#include "drivers/driver.h"

namespace virtscope {

inline constexpr std::string_view xen_uri = "xen:///";

// Errors: unsupported (not Domain-0: says what this is instead). What else is missing (rights, the kernel's privcmd, a Xen that
// is known) refresh() of the driver says until it is there.
Opened open_xen(std::string_view uri, const DriverHost& host, const DriverOptions& options);

}  // namespace virtscope

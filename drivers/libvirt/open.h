// Guests that libvirt manages: qemu:///system, qemu+ssh://host/system, xen:///system, lxc:///, test:///default.
#pragma once

#include "drivers/driver.h"

namespace virtscope {

// Every URI of a hypervisor that libvirt has a driver for, unless a driver before this one took it. A daemon that is
// not there is no error: refresh() says so until it is. Errors: unsupported, when libvirt's library is not on this
// host.
Opened open_libvirt(std::string_view uri, const DriverHost& host, const DriverOptions& options);

}  // namespace virtscope

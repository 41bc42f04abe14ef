// Guests that libvirt manages: qemu:///system, qemu+ssh://host/system, xen:///system, lxc:///, test:///default.
#pragma once

#include "drivers/driver.h"

namespace virtscope {

// Every URI of a hypervisor that libvirt has a driver for, unless a driver before this one took it. "libvirt+" before
// the URI says that it is libvirt's: libvirt+test:///default is libvirt's own mock, test:///default the simulated host.
// A daemon that is not there is no error: refresh() says so until it is. Errors: unsupported, when libvirt's library is
// not on this host.
Opened open_libvirt(std::string_view uri, const DriverHost& host, const DriverOptions& options);

}  // namespace virtscope

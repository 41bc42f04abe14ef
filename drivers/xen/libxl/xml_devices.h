// The <devices> of a Xen guest's domain XML.
#pragma once

#include "drivers/qemu/definitions/subset.h"
#include "drivers/xen/libxl/libxl.h"

namespace virtscope::libxl {

// Faults are told to `subset`. The type of `to` is set already.
void read_devices(const qemu::Element& devices, qemu::Subset& subset, libxl_domain_config& to);

}  // namespace virtscope::libxl

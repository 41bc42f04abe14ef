// The <devices> of a domain. Faults are left in `subset`.
#pragma once

#include "drivers/qemu/definitions/domain_xml.h"
#include "drivers/qemu/definitions/subset.h"

namespace virtscope::qemu {

void read_devices(const Element& devices, Subset& subset, Definition& to);

}  // namespace virtscope::qemu

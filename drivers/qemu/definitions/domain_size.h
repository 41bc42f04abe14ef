// Sizes in domain XML, the same for every hypervisor.
#pragma once

#include <cstdint>

#include "drivers/qemu/definitions/subset.h"

namespace virtscope::qemu {

// Bytes of <memory unit='…'> or <currentMemory>; a fault is told to `subset`.
std::uint64_t read_memory(const Element& element, Subset& subset);

}  // namespace virtscope::qemu

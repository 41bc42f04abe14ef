// The keeper of a domain: does what its configuration says when it powers off, restarts itself or crashes, as the
// process that `xl create` leaves behind does for a domain of xl's. Xen itself leaves a domain that has ended as it is.
//
// It is a process of its own for as long as the domain is there, restarts included, so it outlives the order and the
// agent. What it does is in the system's log.
#pragma once

#include <cstdint>

#include "core/uuid.h"

namespace virtscope::libxl {

// Writes a byte to standard output when the domain is watched, and closes it then. Returns the process's exit code.
int keep(std::uint32_t domid, const Uuid& uuid);

}  // namespace virtscope::libxl

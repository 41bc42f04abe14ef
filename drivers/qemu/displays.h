// The displays of a QEMU that clients may connect to, as its command line has them: VNC (with its websocket) and SPICE.
//
// `exposed` is about the address it was told to listen on; a name other than localhost is taken for one of the network.
// A display whose port QEMU chooses (to=) has none here; one that calls its client (reverse) listens nowhere and is left
// out, and so is one that is started later through the monitor (none).
#pragma once

#include <vector>

#include "drivers/place.h"
#include "drivers/qemu/command_line.h"

namespace virtscope::qemu {

std::vector<DisplayPlace> displays_of(const CommandLine& line);

}  // namespace virtscope::qemu

// Whether there is a libvirt on this host whose guests are worth watching without being told.
#pragma once

#include <string>

namespace virtscope::libvirt {

// Its QEMU driver listens (libvirtd's or virtqemud's socket is there, service managers make it before the daemon runs)
// and its library can be loaded. `run`: where sockets are, /run but in tests. Never connects.
bool is_here(const std::string& run = "/run");

}  // namespace virtscope::libvirt

// Whether there is a libvirt on this host whose guests are worth watching without being told.
#pragma once

#include <string>

namespace virtscope::libvirt {

// Its QEMU driver listens (libvirtd's or virtqemud's socket is there), or guests are defined and it may come later; and
// its library can be loaded. Never connects. The folders are others in tests.
bool is_here(const std::string& run = "/run/libvirt", const std::string& definitions = "/etc/libvirt/qemu");

}  // namespace virtscope::libvirt

// Definition: what a guest's domain XML says of the devices that are sampled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace virtscope::libvirt {

struct DefinedDisk {
    std::string target;  // "vda": its name in libvirt
    std::string source;  // file, device, "pool/volume" or "rbd:name"; empty: no medium
    std::string bus;     // "virtio"
    std::string alias;   // QEMU's id of the device, "virtio-disk0"; a guest that is off has none

    bool operator==(const DefinedDisk&) const = default;
};

// Where clients come in: an address with its port, or a socket. XML says neither whether there is a password (libvirt
// leaves that out) nor, for VNC, whether there is TLS.
struct DefinedDisplay {
    std::string type;        // "vnc", "spice"
    std::string address;     // empty: the socket's
    std::string socket;      // path
    std::uint16_t port = 0;  // 0: none, or not chosen yet

    bool operator==(const DefinedDisplay&) const = default;
};

struct Definition {
    std::string machine;                      // "pc-q35-7.2"
    std::optional<std::uint64_t> memory_max;  // bytes
    std::vector<DefinedDisk> disks;
    bool guest_agent = false;       // it has a channel for one
    std::vector<std::string> nics;  // interfaces on the host, "vnet3"; those without one are left out
    std::vector<DefinedDisplay> displays;

    bool operator==(const Definition&) const = default;
};

// Reads domain XML as libvirt gives it. It is not believed: no entities, no network, at most 4 MiB, 64 levels and
// 4096 disks and 16 displays.
// Errors: malformed.
Result<Definition> parse_definition(std::string_view xml);

}  // namespace virtscope::libvirt

// Endpoint: where a guest's monitor listens, as its command line says, and whether it is ours to use.
//
// A QMP socket serves one client at a time. One that another manager made for itself (libvirt,
// Proxmox, …) is never opened: a monitoring agent that takes it would cut that manager off.
#pragma once

#include <cstdint>
#include <string>

#include "core/fd.h"
#include "core/result.h"
#include "drivers/process.h"
#include "drivers/qemu/command_line.h"

namespace virtscope::qemu {

struct Endpoint {
    enum class Kind { none, unix_path, unix_abstract, tcp };
    Kind kind = Kind::none;
    std::string path;         // a path, or an abstract name without its leading NUL
    bool tight = true;        // abstract: the address ends with the name
    std::string host;
    std::uint16_t port = 0;
    std::string note;         // of Kind::none: why there is no monitor to use ("monitor: belongs to libvirt")
};

// The first control monitor that can be used; otherwise why there is none.
Endpoint find_endpoint(const CommandLine& line);

// Whose socket this path is, by the places where managers keep theirs; empty: nobody's we know.
std::string_view socket_owner(std::string_view path);

// The guest is libvirt's: its monitor is.
bool belongs_to_libvirt(const CommandLine& line);

// A non-blocking socket on its way to the endpoint (TCP: connecting, else connected). The path is
// resolved as the guest's process sees it: in its own mount namespace and root. The peer must be
// that process. Never blocks. Errors: absent, denied, busy (queue full), malformed (somebody else
// listens there), system.
Result<Fd> connect_endpoint(const Endpoint& endpoint, const Process& process);

}  // namespace virtscope::qemu

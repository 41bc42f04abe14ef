// Configuration of virtscoped: built-in defaults, then the file, then the command line.
//
// The file is TOML, by default /etc/virtscope/virtscope.toml; none is needed. Every key:
//
//     interval = "1s"                 # between two samples
//     connect  = ["kvm:///"]          # what to watch; empty: every hypervisor found on this host
//     [ring]
//     file = "/var/lib/virtscope/ring"
//     size = "64MiB"
//     [monitor]                       # what only the hypervisor knows, asked of the guest's QMP monitor
//     enabled         = true
//     deadline        = "250ms"       # a guest that has not answered by then is stale
//     slow_interval   = "60s"         # balloon, KVM statistics, image sizes
//     probe_interval  = "30s"         # an idle guest is asked at least this often; over libvirt: slow_interval
//     balloon_polling = "0s"          # > 0: have guests report their memory this often
//     [discovery]
//     scan_interval = "2s"            # full look for new guests
//     [control]                       # the socket that takes orders for guests
//     enabled = true
//     socket  = "/run/virtscope/control"  # beside a ring that is not the system's: RING.control
//     group   = "virtscope-admin"     # whose members may give orders, besides root; one that does not exist: root alone
//     [guest_agent]
//     enabled  = false                # may the agents inside guests be asked
//     interval = "30s"                # how often each is: whether it answers, and how full its filesystems are; 5s to 1h
//     [definitions]
//     state_folder = "/var/lib/virtscope"  # what is kept of defined guests; with --ring: RING.state
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "core/ring/writer.h"
#include "drivers/driver.h"

namespace virtscope {

inline constexpr const char* system_config_path = "/etc/virtscope/virtscope.toml";

struct Config {
    std::chrono::nanoseconds interval = std::chrono::seconds(1);
    std::vector<std::string> connect;
    std::string ring_file;  // empty: as core/ring/path.h says
    std::uint64_t ring_bytes = default_ring_bytes;
    bool control_enabled = true;
    std::string control_socket;  // empty: as orders/socket_path.h says
    std::string control_group = "virtscope-admin";  // not the ring's: who may read it may not give orders
    bool state_folder_named = false;  // drivers.state_folder is the file's, not the default
    DriverOptions drivers;
};

// Reads `path` over the defaults. Errors: absent, denied, malformed; "FILE:LINE: …" names the key
// and what is accepted. An unknown key is an error: a misspelt one must not be silently ignored.
Result<Config> load_config(const std::string& path);

// The interval a sampler can keep: 100 ms to 1 h. `what` names the flag or key in the message.
Result<> check_interval(std::string_view what, std::chrono::nanoseconds interval);

}  // namespace virtscope

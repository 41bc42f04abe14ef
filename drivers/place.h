// Place: where the counters of one guest live. A driver fills it in, collectors read there.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/roster.h"
#include "drivers/process.h"

namespace virtscope {

struct TaskPlace {
    pid_t tid = 0;
    TaskClock clock;
};

struct VcpuPlace {
    unsigned index = 0;
    std::optional<TaskPlace> task;  // none: its thread is not known
};

struct DiskPlace {
    std::string name;    // as the guest's monitor calls the device: "vda", "ide0-hd0"
    std::string source;  // image path or URL, may be empty; never opened
};

struct NicPlace {
    std::string name;          // interface on the host: "vnet3"; or the device's id where the host has none
    std::uint64_t netns = 0;   // inode of the network namespace the interface is in; 0: the agent's own
    int ifindex = 0;           // 0: the host has no such interface (user-mode networking)
    std::string source;        // bridge or backend, may be empty
};

struct FilesystemPlace {
    std::string name;    // mountpoint inside the guest
    std::string source;  // device or type, may be empty
};

// A display that clients may connect to. What it is does not change while the guest runs.
struct DisplayPlace {
    std::string name;       // "vnc", "spice"; a second one of a kind "vnc2"
    std::string source;     // "0.0.0.0:5900", or the path of a socket
    bool exposed = false;   // it listens on an address beyond loopback
    std::optional<bool> tls;            // clients must use TLS; none: not known
    std::optional<bool> password;       // clients must authenticate; none: not known
    std::optional<std::uint16_t> port;  // TCP; none: a socket, or not known

    bool operator==(const DisplayPlace&) const = default;
};

struct Place {
    Uuid uuid;
    std::uint64_t generation = 0;  // 0: it is not running, only defined
    std::string name;
    std::string machine;
    std::string note;  // why something is absent; empty if all is well
    std::string_view managed_by;  // name of the driver whose guest it is, where that is another: "libvirt"
    std::int64_t local_id = 0;

    std::shared_ptr<const Process> process;  // none: the guest is no process of this host
    std::vector<VcpuPlace> vcpus;
    std::vector<TaskPlace> iothreads;
    std::vector<TaskPlace> vhost;
    std::vector<DiskPlace> disks;
    std::vector<NicPlace> nics;
    std::vector<FilesystemPlace> filesystems;
    std::vector<DisplayPlace> displays;

    std::optional<std::uint64_t> memory_max;  // bytes; what the configuration says
    std::int64_t start_realtime = 0;          // ns since the epoch, 0 unknown
};

// A place and the rows that belong to it in the frame being filled. The rows of a guest's instances
// are contiguous: vCPU i of the place is row first_vcpu + i.
//
// A guest that two drivers see has one guest row, and each of its other tables is one driver's: the one that knows more
// of it. A driver fills nothing of a table that is not its own.
struct Slot {
    const Place* place = nullptr;  // null: the guest is not in this frame, though the driver knows it
    std::size_t guest = 0;
    std::size_t first_vcpu = 0;
    std::size_t first_disk = 0;
    std::size_t first_nic = 0;
    std::size_t first_filesystem = 0;
    std::size_t first_display = 0;
    bool own_vcpus = true;
    bool own_disks = true;
    bool own_nics = true;
    bool own_filesystems = false;
    bool own_displays = false;  // their rows are filled by the sampler, of what the place says
};

}  // namespace virtscope

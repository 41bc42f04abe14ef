// Roster: who is in a frame. Guests and their instances (vCPUs, disks, …) in a fixed order; row i
// of a frame's table for a scope belongs to entry i of the roster's list for that scope.
//
// A roster does not change once made: when a guest or a device comes or goes, or a name or note
// changes, the sampler makes a new one. Frames between two changes share one roster.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/catalogue.h"
#include "core/uuid.h"

namespace virtscope {

// As virsh names them; the letter is the one virt-top shows.
enum class GuestState : std::uint8_t {
    unknown,        // ?
    running,        // R
    blocked,        // S: all vCPUs idle, where the hypervisor tells (Xen)
    paused,         // P: by a person or a tool
    paused_io,      // P: by an I/O error
    suspended,      // M: power management inside the guest
    shutting_down,  // D
    shut_off,       // O
    crashed,        // X: panicked, internal error
    migrating,      // P: being migrated here or restored
};
inline constexpr std::size_t guest_state_count = 10;
std::string_view state_name(GuestState state);
char state_letter(GuestState state);
bool is_active(GuestState state);  // a process or domain exists
bool is_running(GuestState state);  // its vCPUs may run: running or blocked
// Out of a frame's cell; a value that is no state is `unknown`.
GuestState state_of(std::uint64_t cell);

// Names and notes come from guests and command lines: they are hostile until sanitised by
// core/text.h at the place where they are shown.
struct RosterGuest {
    Uuid uuid;                     // identity; derived where the guest has none
    std::uint64_t generation = 0;  // differs for each start of the same guest: counters restart with it; 0: not running
    std::string name;
    std::string driver;         // "qemu", "simulated", …
    std::string machine;        // "pc-i440fx-7.2", empty if unknown
    std::string note;           // why something is absent ("monitor: in use by libvirt"), empty if all is well
    std::int64_t local_id = 0;  // what people use on this host: libvirt's id, else process id; Xen domain id
    std::uint32_t first_vcpu = 0, vcpus = 0;  // rows of this guest in the other lists: [first, first + n)
    std::uint32_t first_disk = 0, disks = 0;
    std::uint32_t first_nic = 0, nics = 0;
    std::uint32_t first_filesystem = 0, filesystems = 0;
    std::uint32_t first_display = 0, displays = 0;

    bool operator==(const RosterGuest&) const = default;
};

struct RosterInstance {
    std::uint32_t guest = 0;  // index into Roster::guests; of no meaning for the host's CPUs and nodes
    std::string name;         // "0" (vCPU, CPU, node), "vda", "vnet3", "/var" (mountpoint), "vnc"
    std::string source;       // image path, bridge, device, "0.0.0.0:5900"; may be empty

    bool operator==(const RosterInstance&) const = default;
};

struct RosterHost {
    std::string name;        // host name
    std::string boot_id;     // changes with each boot: monotonic times of two boots do not compare
    std::string arch;        // "x86_64"
    std::string hypervisor;  // "QEMU 7.2.22 (KVM)", several joined by ", "
    std::string kernel;

    bool operator==(const RosterHost&) const = default;
};

struct Roster {
    RosterHost host;
    std::vector<RosterGuest> guests;
    std::vector<RosterInstance> vcpus;
    std::vector<RosterInstance> disks;
    std::vector<RosterInstance> nics;
    std::vector<RosterInstance> filesystems;
    std::vector<RosterInstance> displays;
    std::vector<RosterInstance> cpus;   // of the host, those that are online
    std::vector<RosterInstance> nodes;  // NUMA nodes of the host that have memory

    bool operator==(const Roster&) const = default;
    std::size_t rows(Scope scope) const;
    // The instances of a scope other than host, guest, agent.
    const std::vector<RosterInstance>& instances(Scope scope) const;
};

using RosterPtr = std::shared_ptr<const Roster>;

// Where a roster keeps the instances of a scope.
struct HostList {
    Scope scope;
    std::string_view title;  // "cpus"
    std::vector<RosterInstance> Roster::*all;
};
// The same of a scope whose instances belong to guests, and which of them are one guest's.
struct GuestList {
    Scope scope;
    std::string_view title;
    std::vector<RosterInstance> Roster::*all;
    std::uint32_t RosterGuest::*first;
    std::uint32_t RosterGuest::*count;
};

// Everything a roster lists besides the guests, in the order in which rings hold it.
inline constexpr std::array<GuestList, 5> guest_lists{{
    {Scope::Vcpu, "vcpus", &Roster::vcpus, &RosterGuest::first_vcpu, &RosterGuest::vcpus},
    {Scope::Disk, "disks", &Roster::disks, &RosterGuest::first_disk, &RosterGuest::disks},
    {Scope::Nic, "nics", &Roster::nics, &RosterGuest::first_nic, &RosterGuest::nics},
    {Scope::Filesystem, "filesystems", &Roster::filesystems, &RosterGuest::first_filesystem, &RosterGuest::filesystems},
    {Scope::Display, "displays", &Roster::displays, &RosterGuest::first_display, &RosterGuest::displays},
}};
inline constexpr std::array<HostList, 2> host_lists{{
    {Scope::Cpu, "cpus", &Roster::cpus},
    {Scope::Node, "nodes", &Roster::nodes},
}};

// Xen's Domain-0, which is the host itself. libvirt tells a UUID of zeros for it, which no guest has; our driver derives one.
bool is_domain_0(std::string_view driver, const Uuid& uuid, std::int64_t local_id, std::uint64_t generation);

// Null: the scope's instances are not of guests, not of the host.
const GuestList* guest_list(Scope scope);
const HostList* host_list(Scope scope);

}  // namespace virtscope

// Of Xen's hypercall interface what is needed to watch domains, as the hypervisor reads and writes it in memory.
//
// sysctl and domctl have no stable layout; each says in its first words which version it is of, and Xen refuses (EACCES) every
// other. Libraries of Xen's (libxenctrl.so.4.17) are therefore bound to one release. The few structures here are the same in
// many, so one build serves them all and needs none of those libraries.
//
// Source: xen/include/public/{xen,sysctl,domctl}.h, of Xen 4.16 (sysctl 0x14) and of 4.17 and later (0x15). xen_abi_test holds
// them against the headers of the machine that builds, where it has them.
#pragma once

#include <array>
#include <cstdint>

namespace virtscope::xen::abi {

inline constexpr std::uint64_t op_multicall = 13;
inline constexpr std::uint64_t op_sysctl = 35;
inline constexpr std::uint64_t op_domctl = 36;

inline constexpr std::uint64_t page_size = 4096;

struct MulticallEntry {
    std::uint64_t op;
    std::int64_t result;
    std::array<std::uint64_t, 6> arguments;
};
static_assert(sizeof(MulticallEntry) == 64);

// A domain, as getdomaininfolist has them in a row.
struct DomainInfo {
    std::uint16_t domain;
    std::uint16_t pad1;
    std::uint32_t flags;
    std::uint64_t tot_pages;
    std::uint64_t max_pages;  // all ones: no limit
    std::uint64_t outstanding_pages;
    std::uint64_t shr_pages;
    std::uint64_t paged_pages;
    std::uint64_t shared_info_frame;
    std::uint64_t cpu_time;  // ns
    std::uint32_t nr_online_vcpus;
    std::uint32_t max_vcpu_id;
    std::uint32_t ssidref;
    std::array<std::uint8_t, 16> handle;  // the domain's UUID
    std::uint32_t cpupool;
    std::uint8_t gpaddr_bits;
    std::array<std::uint8_t, 7> pad2;
    std::uint32_t emulation_flags;  // x86: what Xen emulates for the domain
    std::uint32_t misc_flags;
};
static_assert(sizeof(DomainInfo) == 112);

inline constexpr std::uint32_t flag_dying = 1U << 0;
inline constexpr std::uint32_t flag_hvm = 1U << 1;
inline constexpr std::uint32_t flag_shutdown = 1U << 2;
inline constexpr std::uint32_t flag_paused = 1U << 3;
inline constexpr std::uint32_t flag_blocked = 1U << 4;
inline constexpr std::uint32_t flag_running = 1U << 5;
inline constexpr unsigned shutdown_shift = 16;
inline constexpr std::uint32_t shutdown_mask = 255;
inline constexpr std::uint32_t no_vcpus = ~std::uint32_t{0};      // max_vcpu_id of a domain that has none
inline constexpr std::uint32_t emulates_local_apic_only = 1;      // a PVH guest: nothing but that
inline constexpr std::uint32_t emulates_pci = 1U << 10;           // that of Xen's own, which PVH may have too

// Reasons of a shutdown (public/sched.h).
enum class Shutdown : std::uint8_t { poweroff = 0, reboot = 1, suspend = 2, crash = 3, watchdog = 4, soft_reset = 5 };

inline constexpr std::uint32_t sysctl_physinfo = 3;
inline constexpr std::uint32_t sysctl_sched_id = 4;
inline constexpr std::uint32_t sysctl_getdomaininfolist = 6;
inline constexpr std::uint32_t sysctl_getcpuinfo = 8;

struct DomainList {
    std::uint16_t first_domain;
    std::uint32_t max_domains;
    std::uint64_t buffer;  // DomainInfo[max_domains]
    std::uint32_t num_domains;
};

struct CpuList {
    std::uint32_t max_cpus;
    std::uint64_t info;  // uint64_t[max_cpus]: idle time, ns
    std::uint32_t nr_cpus;
};

struct PhysInfoHead {
    std::uint32_t threads_per_core;
    std::uint32_t cores_per_socket;
    std::uint32_t nr_cpus;  // online
    std::uint32_t max_cpu_id;
    std::uint32_t nr_nodes;
    std::uint32_t max_node_id;
    std::uint32_t cpu_khz;
    std::uint32_t capabilities;
};
struct PhysInfoPages {
    std::uint64_t total_pages;
    std::uint64_t free_pages;
    std::uint64_t scrub_pages;  // free, but not clean yet
    std::uint64_t outstanding_pages;
    std::uint64_t max_mfn;
};
// Version 0x14 has the pages right after the head, 0x15 a word for the architecture and padding between them.
struct PhysInfo14 {
    PhysInfoHead head;
    PhysInfoPages pages;
};
struct PhysInfo15 {
    PhysInfoHead head;
    std::uint32_t arch_capabilities;
    std::uint32_t pad;
    PhysInfoPages pages;
};

struct Sysctl {
    std::uint32_t cmd;
    std::uint32_t interface_version;
    union {
        DomainList domains;
        CpuList cpus;
        PhysInfo14 physinfo14;
        PhysInfo15 physinfo15;
        std::uint32_t sched_id;
        std::array<std::uint8_t, 128> pad;
    } u;
};
static_assert(sizeof(Sysctl) == 136);

inline constexpr std::uint32_t domctl_getvcpuinfo = 14;
inline constexpr std::uint32_t domctl_scheduler_op = 16;

struct VcpuInfo {
    std::uint32_t vcpu;
    std::uint8_t online;
    std::uint8_t blocked;
    std::uint8_t running;
    std::uint64_t cpu_time;  // ns
    std::uint32_t cpu;
};

inline constexpr std::uint32_t scheduler_credit = 5;
inline constexpr std::uint32_t scheduler_credit2 = 6;
inline constexpr std::uint32_t scheduler_getinfo = 1;

// Of the credit schedulers, which are all that know weights.
struct SchedulerOp {
    std::uint32_t scheduler;
    std::uint32_t cmd;
    alignas(8) std::uint16_t weight;
    std::uint16_t cap;  // percent of one CPU, 0: none
};

struct Domctl {
    std::uint32_t cmd;
    std::uint32_t interface_version;
    std::uint16_t domain;
    std::array<std::uint16_t, 3> pad;
    union {
        VcpuInfo vcpu;
        SchedulerOp scheduler;
        std::array<std::uint8_t, 128> pad;
    } u;
};
static_assert(sizeof(Domctl) == 144);

// Versions that have the layouts above, the likely ones first.
inline constexpr std::array<std::uint32_t, 2> sysctl_versions{0x15, 0x14};
inline constexpr std::array<std::uint32_t, 4> domctl_versions{0x15, 0x17, 0x16, 0x14};

}  // namespace virtscope::xen::abi

// CPU load: which guests used which of the host's CPUs between two frames.
//
// A vCPU is counted on the CPU it ran on last: the kernel does not keep where it was before. Over a second that is
// mostly right, since schedulers move threads seldom; a vCPU that moves much is seen on one CPU at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "top/source/picture.h"

namespace virtscope::top {

struct GuestOnCpu {
    std::size_t guest = 0;        // row in the guests' table
    double run = 0;               // percent of the CPU: its vCPUs, with what KVM did for them
    std::optional<double> own{};  // percent: of that, in the guest's code
};

struct CpuLoad {
    std::string name;                  // "0"
    std::optional<double> busy{};      // percent: everything but idle and waiting for I/O
    std::optional<double> host{};      // percent: what ran there that was no guest
    std::optional<double> steal{};     // percent: taken by the hypervisor under this host
    std::vector<GuestOnCpu> guests{};  // the busiest first; those that ran at all
};

// In the order of the CPUs' numbers; empty where the host's CPUs are not known. Linear in vCPUs and CPUs.
std::vector<CpuLoad> cpu_loads(const FramePair& pair);

// A guest's vCPUs that waited, in ns a second for each second, and the CPUs where.
struct Waiting {
    std::size_t guest = 0;
    double wait = 0;                  // percent of its vCPUs' time (steal)
    double milliseconds = 0;          // waited a second, all vCPUs together
    std::vector<std::size_t> cpus{};  // places in cpu_loads(), each once
};
// The worst first; those that waited at all.
std::vector<Waiting> waiting_guests(const FramePair& pair, const std::vector<CpuLoad>& loads);

}  // namespace virtscope::top

// The rows of the machine below Domain-0: its CPUs and memory, of which Domain-0's kernel sees only its share.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/frame.h"
#include "drivers/xen/hypervisor.h"

namespace virtscope::xen {

class MachineRow {
public:
    // The CPUs of the machine as a roster lists them.
    const std::vector<RosterInstance>& processors() const { return processors_; }

    // Takes what Xen said at `time` (CLOCK_MONOTONIC, ns). `idle`: by number of the CPU, 0 of one that is offline. True:
    // there are other CPUs than before.
    bool take(const Machine& machine, std::span<const std::uint64_t> idle, std::int64_t time);

    // Fills the host's row and those of its CPUs. `domain0`: CPU time of Domain-0, ns, which is what the host itself does;
    // what else is not idle ran the guests. Xen tells of a CPU how long it was idle: the rest of the time since the first
    // reading it was busy. Fills nothing before the first take().
    void fill(std::uint64_t domain0, Frame& frame);

private:
    bool list(std::span<const std::uint64_t> idle);

    struct Cpu {
        std::size_t number = 0;
        std::uint64_t idle = 0;  // ns
        std::uint64_t busy = 0;  // ns since the first reading
        std::int64_t since = 0;  // the last reading; 0: none yet
    };
    // When guests' time began to be counted.
    struct Start {
        std::uint64_t domain0 = 0;
        std::uint64_t busy = 0;
    };
    std::vector<RosterInstance> processors_;
    std::vector<Cpu> cpus_;
    Machine machine_;
    std::int64_t time_ = 0;
    bool taken_ = false;
    std::uint64_t idle_ = 0;    // ns, of all CPUs, never falls
    std::uint64_t busy_ = 0;    // ns, the same
    std::uint64_t guests_ = 0;  // ns, never falls
    std::optional<Start> start_;
};

}  // namespace virtscope::xen

#include "drivers/xen/machine_row.h"

#include <algorithm>
#include <string>

namespace virtscope::xen {

// True: others than before are online. Their busy times begin anew.
bool MachineRow::list(std::span<const std::uint64_t> idle) {
    std::vector<Cpu> online;
    for (std::size_t i = 0; i < idle.size(); ++i) {
        if (idle[i] != 0) online.push_back({.number = i, .idle = idle[i], .busy = 0});
    }
    if (std::ranges::equal(online, cpus_, {}, &Cpu::number, &Cpu::number)) return false;
    cpus_ = std::move(online);
    processors_.clear();
    for (const Cpu& cpu : cpus_) processors_.push_back({.guest = 0, .name = std::to_string(cpu.number), .source = {}});
    domain0_ = guests_ = 0;
    return true;
}

bool MachineRow::take(const Machine& machine, std::span<const std::uint64_t> idle, std::int64_t time) {
    const bool others = list(idle);
    const auto passed = static_cast<std::uint64_t>(others ? 0 : std::max<std::int64_t>(time - time_, 0));
    for (Cpu& cpu : cpus_) {
        const std::uint64_t now = std::max(idle[cpu.number], cpu.idle);
        cpu.busy += passed - std::min(now - cpu.idle, passed);
        cpu.idle = now;
    }
    machine_ = machine;
    time_ = time;
    return others;
}

void MachineRow::fill(std::uint64_t domain0, Frame& frame) {
    if (domain0_ == 0) domain0_ = domain0;
    std::uint64_t idle = 0;
    std::uint64_t busy = 0;
    const std::size_t rows = std::min(cpus_.size(), frame.table(Scope::Cpu).rows());
    for (std::size_t i = 0; i < rows; ++i) {
        idle += cpus_[i].idle;
        busy += cpus_[i].busy;
        frame.table(Scope::Cpu).row(i).time = time_;
        frame.set(i, CpuMetric::idle, cpus_[i].idle);
        frame.set(i, CpuMetric::guest, cpus_[i].busy);
    }
    const std::uint64_t own = domain0 - std::min(domain0_, domain0);
    guests_ = std::max(guests_, busy - std::min(own, busy));
    frame.table(Scope::Host).row(0).time = time_;
    frame.set(0, HostMetric::cpus, machine_.cpus);
    if (machine_.hertz != 0) frame.set(0, HostMetric::cpu_frequency, machine_.hertz);
    frame.set(0, HostMetric::cpu_idle, idle);
    frame.set(0, HostMetric::cpu_system, domain0);
    frame.set(0, HostMetric::cpu_guest, guests_);
    frame.set(0, HostMetric::memory_total, machine_.memory);
    frame.set(0, HostMetric::memory_free, machine_.free);
    frame.set(0, HostMetric::memory_available, machine_.free);
}

}  // namespace virtscope::xen

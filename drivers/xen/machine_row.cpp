#include "drivers/xen/machine_row.h"

#include <algorithm>
#include <string>
#include <utility>

namespace virtscope::xen {

// True: others than before are online. Those that stay keep their times.
bool MachineRow::list(std::span<const std::uint64_t> idle) {
    std::vector<Cpu> online;
    for (std::size_t i = 0; i < idle.size(); ++i) {
        if (idle[i] == 0) continue;
        const auto known = std::ranges::find(cpus_, i, &Cpu::number);
        online.push_back(known != cpus_.end() ? *known : Cpu{.number = i, .idle = idle[i], .busy = 0, .since = {}});
    }
    if (std::ranges::equal(online, cpus_, {}, &Cpu::number, &Cpu::number)) return false;
    cpus_ = std::move(online);
    processors_.clear();
    for (const Cpu& cpu : cpus_) processors_.push_back({.guest = 0, .name = std::to_string(cpu.number), .source = {}});
    return true;
}

// What one CPU was idle before it came, and after it has gone, is not the machine's: its sums neither jump nor fall.
bool MachineRow::take(const Machine& machine, std::span<const std::uint64_t> idle, std::int64_t time) {
    const bool others = list(idle);
    for (Cpu& cpu : cpus_) {
        if (!taken_) idle_ += cpu.idle;
        const std::int64_t since = std::exchange(cpu.since, time);
        const auto passed = static_cast<std::uint64_t>(since != 0 ? std::max<std::int64_t>(time - since, 0) : 0);
        const std::uint64_t rested = std::max(idle[cpu.number], cpu.idle) - cpu.idle;
        const std::uint64_t worked = passed - std::min(rested, passed);
        cpu.idle += rested;
        cpu.busy += worked;
        idle_ += rested;
        busy_ += worked;
    }
    machine_ = machine;
    time_ = time;
    taken_ = true;
    return others;
}

void MachineRow::fill(std::uint64_t domain0, Frame& frame) {
    if (!taken_) return;
    if (!start_) start_ = Start{.domain0 = domain0, .busy = busy_};
    const std::size_t rows = std::min(cpus_.size(), frame.table(Scope::Cpu).rows());
    for (std::size_t i = 0; i < rows; ++i) {
        frame.table(Scope::Cpu).row(i).time = time_;
        frame.set(i, CpuMetric::idle, cpus_[i].idle);
        frame.set(i, CpuMetric::guest, cpus_[i].busy);
    }
    const std::uint64_t own = domain0 - std::min(start_->domain0, domain0);
    const std::uint64_t busy = busy_ - start_->busy;
    guests_ = std::max(guests_, busy - std::min(own, busy));
    frame.table(Scope::Host).row(0).time = time_;
    frame.set(0, HostMetric::cpus, machine_.cpus);
    if (machine_.hertz != 0) frame.set(0, HostMetric::cpu_frequency, machine_.hertz);
    frame.set(0, HostMetric::cpu_idle, idle_);
    frame.set(0, HostMetric::cpu_system, domain0);
    frame.set(0, HostMetric::cpu_guest, guests_);
    frame.set(0, HostMetric::memory_total, machine_.memory);
    frame.set(0, HostMetric::memory_free, machine_.free);
    frame.set(0, HostMetric::memory_available, machine_.free);
}

}  // namespace virtscope::xen

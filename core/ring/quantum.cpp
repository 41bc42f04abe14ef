#include "core/ring/quantum.h"

#include <array>

namespace virtscope::ring {
namespace {

constexpr std::uint64_t tick = 10'000'000;  // USER_HZ: times in /proc/stat and /proc/PID/stat, ns
constexpr std::uint64_t microsecond = 1'000;
constexpr std::uint64_t second = 1'000'000'000;
constexpr std::uint64_t sector = 512;
constexpr std::uint64_t kibibyte = 1024;  // /proc/meminfo, guests' balloon statistics
constexpr std::uint64_t page = 4096;

template <class M, std::size_t columns>
constexpr void set(std::array<std::uint64_t, columns>& to, std::uint64_t quantum, std::initializer_list<M> metrics) {
    for (const M metric : metrics) to[static_cast<std::size_t>(metric)] = quantum;
}

template <class M>
constexpr auto ones() {
    std::array<std::uint64_t, static_cast<std::size_t>(M::count)> made{};
    made.fill(1);
    return made;
}

constexpr auto host = [] {
    using enum HostMetric;
    auto made = ones<HostMetric>();
    set(made, tick, {cpu_user, cpu_nice, cpu_system, cpu_idle, cpu_iowait, cpu_irq, cpu_steal, cpu_guest});
    set(made, kibibyte, {memory_total, memory_available, memory_free, swap_total, swap_free});
    set(made, microsecond, {psi_cpu_some, psi_cpu_full, psi_memory_some, psi_memory_full, psi_io_some, psi_io_full});
    set(made, 10, {load1, load5, load15});
    return made;
}();

constexpr auto guest = [] {
    using enum GuestMetric;
    auto made = ones<GuestMetric>();
    set(made, tick, {cpu_user, cpu_system});
    set(made, kibibyte, {memory_max, memory_balloon, memory_unused, memory_available, memory_usable, memory_caches});
    set(made, page, {memory_resident, swap_in, swap_out});
    set(made, microsecond, {monitor_latency, monitor_age});
    set(made, second, {guest_agent_age, filesystems_age});
    return made;
}();

constexpr auto disk = [] {
    using enum DiskMetric;
    auto made = ones<DiskMetric>();
    set(made, sector, {read_bytes, write_bytes, discard_bytes, capacity, allocation, physical});
    return made;
}();

constexpr auto vcpu = [] {
    auto made = ones<VcpuMetric>();
    set(made, tick, {VcpuMetric::guest_time});
    return made;
}();
constexpr auto nic = ones<NicMetric>();
constexpr auto agent = [] {
    auto made = ones<AgentMetric>();
    set(made, 8, {AgentMetric::ring_bytes});
    set(made, page, {AgentMetric::memory_private});
    return made;
}();

template <class M>
constexpr auto all_of(std::uint64_t quantum) {
    auto made = ones<M>();
    made.fill(quantum);
    return made;
}
constexpr auto cpu = all_of<CpuMetric>(tick);
constexpr auto node = all_of<NodeMetric>(kibibyte);
constexpr auto filesystem = all_of<FilesystemMetric>(sector);
constexpr auto display = ones<DisplayMetric>();

}  // namespace

std::span<const std::uint64_t> quanta(Scope scope) {
    switch (scope) {
        case Scope::Host: return host;
        case Scope::Guest: return guest;
        case Scope::Vcpu: return vcpu;
        case Scope::Disk: return disk;
        case Scope::Nic: return nic;
        case Scope::Agent: return agent;
        case Scope::Cpu: return cpu;
        case Scope::Node: return node;
        case Scope::Filesystem: return filesystem;
        case Scope::Display: return display;
    }
    return {};
}

}  // namespace virtscope::ring

#include "drivers/libvirt/node.h"

#include <array>
#include <cstdlib>
#include <iterator>
#include <string_view>

namespace virtscope::libvirt {
namespace {

constexpr std::uint64_t kib = 1024;
constexpr std::uint64_t hertz_per_mhz = 1'000'000;

struct Named {
    std::string_view name;
    HostMetric metric;
};
constexpr Named cpu_times[] = {{VIR_NODE_CPU_STATS_USER, HostMetric::cpu_user},
                               {VIR_NODE_CPU_STATS_KERNEL, HostMetric::cpu_system},
                               {VIR_NODE_CPU_STATS_IDLE, HostMetric::cpu_idle},
                               {VIR_NODE_CPU_STATS_IOWAIT, HostMetric::cpu_iowait}};
constexpr Named memory_sizes[] = {{VIR_NODE_MEMORY_STATS_FREE, HostMetric::memory_free}};

template <class Stats>
void add(const Stats* stats, int count, const auto& names, std::uint64_t unit, Node& node) {
    for (int i = 0; i < count; ++i) {
        for (const Named& named : names) {
            if (named.name == stats[i].field) node.values.push_back({named.metric, stats[i].value * unit});
        }
    }
}

}  // namespace

Node NodeReader::read() {
    constexpr auto interval = std::chrono::minutes(1);
    if (const auto now = Clock::now(); now >= next_look_) {
        next_look_ = now + interval;
        read_what_stays();
    }
    Node node = stays_;
    read_cpu(node);
    read_memory(node);
    return node;
}

void NodeReader::read_what_stays() {
    stays_ = {};
    if (char* const name = library_.virConnectGetHostname(connection_)) {
        stays_.name = name;
        std::free(name);  // NOLINT(cppcoreguidelines-no-malloc): libvirt says so
    }
    virNodeInfo info{};
    if (library_.virNodeGetInfo(connection_, &info) < 0) return;
    stays_.arch.assign(std::begin(info.model), ::strnlen(std::begin(info.model), sizeof info.model));
    stays_.values = {{HostMetric::cpus, info.cpus}, {HostMetric::memory_total, info.memory * kib}};
    if (info.mhz != 0) stays_.values.push_back({HostMetric::cpu_frequency, info.mhz * hertz_per_mhz});
}

// libvirt takes the number that it has told before, and no other.
void NodeReader::read_cpu(Node& node) {
    constexpr int all = VIR_NODE_CPU_STATS_ALL_CPUS;
    std::array<virNodeCPUStats, 16> stats{};
    if (cpu_numbers_ == 0 && library_.virNodeGetCPUStats(connection_, all, nullptr, &cpu_numbers_, 0) < 0) return;
    if (cpu_numbers_ <= 0 || cpu_numbers_ > static_cast<int>(stats.size())) return;
    int count = cpu_numbers_;
    if (library_.virNodeGetCPUStats(connection_, all, stats.data(), &count, 0) < 0) return;
    add(stats.data(), count, cpu_times, 1, node);
}

void NodeReader::read_memory(Node& node) const {
    constexpr int all = VIR_NODE_MEMORY_STATS_ALL_CELLS;
    std::array<virNodeMemoryStats, 16> stats{};
    int count = 0;
    if (library_.virNodeGetMemoryStats(connection_, all, nullptr, &count, 0) < 0) return;
    if (count <= 0 || count > static_cast<int>(stats.size())) return;
    if (library_.virNodeGetMemoryStats(connection_, all, stats.data(), &count, 0) < 0) return;
    add(stats.data(), count, memory_sizes, kib, node);
}

}  // namespace virtscope::libvirt

// host: CPU, memory and pressure of the machine, and how far it is over-committed.
#include <algorithm>
#include <array>

#include "plugins/judge/judge_host.h"
#include "plugins/modes/modes.h"
#include "plugins/modes/of_cpus.h"

namespace virtscope::checks {
namespace {

constexpr std::array<HostMetric, 8> all_times{HostMetric::cpu_user,   HostMetric::cpu_nice, HostMetric::cpu_system,
                                              HostMetric::cpu_idle,   HostMetric::cpu_iowait, HostMetric::cpu_irq,
                                              HostMetric::cpu_steal,  HostMetric::cpu_guest};

// Xen tells how long CPUs were idle, what ran guests and what the host itself did, and no other kinds of time.
bool tells_guests_only(const Sight& sight) {
    using enum HostMetric;
    constexpr std::array others{cpu_user, cpu_nice, cpu_iowait, cpu_irq, cpu_steal};
    return sight.rate(cpu_guest) && std::ranges::none_of(others, [&](HostMetric other) { return sight.rate(other).has_value(); });
}

// Of the time that all CPUs had, whatever their number was. Some sources do not tell the rarer kinds of time apart;
// without one of these three nothing is known.
Value share(const Sight& sight, std::optional<double> part) {
    double all = 0;
    for (const HostMetric metric : all_times) all += sight.rate(metric).value_or(0);
    const bool users = sight.rate(HostMetric::cpu_user) || tells_guests_only(sight);
    const bool known = users && sight.rate(HostMetric::cpu_system) && sight.rate(HostMetric::cpu_idle);
    if (!part || !known || all <= 0) return {};
    return Value(*part / all * 100);
}

Value cpu(const Sight& sight) {
    const auto idle = sight.rate(HostMetric::cpu_idle);
    const auto waiting = sight.rate(HostMetric::cpu_iowait);
    if (!idle) return {};
    const Value rest = share(sight, *idle + waiting.value_or(0));
    return rest.number ? Value(100 - *rest.number) : Value();
}

template <HostMetric metric>
Value part(const Sight& sight) {
    return share(sight, sight.rate(metric));
}

// Some task waited for that part of the time.
template <HostMetric metric>
Value pressure(const Sight& sight) {
    return percent_of_time(sight.rate(metric), 1);
}

Value used(std::optional<double> total, std::optional<double> left) {
    if (!total || !left || *total <= 0 || *left > *total) return {};
    return Value((*total - *left) / *total * 100);
}

Value memory(const Sight& sight) {
    return used(sight.gauge(HostMetric::memory_total), sight.gauge(HostMetric::memory_available));
}

Value swap(const Sight& sight) {
    const auto total = sight.gauge(HostMetric::swap_total);
    if (total && *total == 0) return Value::nothing_happened();
    return used(total, sight.gauge(HostMetric::swap_free));
}

constexpr std::uint64_t most_believed = std::uint64_t{1} << 60;  // bytes, vCPUs: no guest has so many

// Sums over the guests that are active; unknown if one of them does not tell.
std::optional<double> sum(const Sight& sight, GuestMetric metric) {
    const Frame& frame = sight.now();
    double all = 0;
    for (std::size_t guest = 0; guest < frame.roster->guests.size(); ++guest) {
        const auto state = frame.get(guest, GuestMetric::state);
        if (!state) return std::nullopt;
        if (!is_active(state_of(*state))) continue;
        const auto value = frame.get(guest, metric);
        if (!value || *value > most_believed) return std::nullopt;
        all += static_cast<double>(*value);
    }
    return all;
}

Value vcpu_ratio(const Sight& sight) {
    const auto vcpus = sum(sight, GuestMetric::vcpus);
    const auto cpus = cpus_of_host(sight);
    return vcpus && cpus ? Value(*vcpus / *cpus) : Value();
}

Value committed(const Sight& sight) {
    const auto given = sum(sight, GuestMetric::memory_max);
    const auto total = sight.gauge(HostMetric::memory_total);
    return given && total && *total > 0 ? Value(*given / *total * 100) : Value();
}

Value load(const Sight& sight) {
    const auto thousandths = sight.gauge(HostMetric::load1);
    return thousandths ? Value(*thousandths / 1000) : Value();
}

Value node_free(const Sight& sight) {
    const auto total = sight.gauge(NodeMetric::memory_total);
    const auto free = sight.gauge(NodeMetric::memory_free);
    if (!total || !free || *total <= 0 || *free > *total) return {};
    return Value(*free / *total * 100);
}

Value node_free_bytes(const Sight& sight) { return sight.gauge(NodeMetric::memory_free); }

constexpr std::array<Measure, 14> measures{{
    {.label = "cpu", .unit = "%", .noun = "CPU in use", .scope = Scope::Host, .read = cpu},
    {.label = "memory", .unit = "%", .noun = "memory in use", .scope = Scope::Host, .momentary = true, .read = memory},
    {.label = "vcpu_ratio", .unit = "", .noun = "vCPUs for each CPU", .scope = Scope::Host, .momentary = true, .sums_guests = true,
     .read = vcpu_ratio},
    {.label = "memory_committed", .unit = "%", .noun = "memory given to guests", .scope = Scope::Host, .momentary = true,
     .sums_guests = true, .read = committed},
    {.label = "guest_cpu", .unit = "%", .noun = "CPU running guests", .scope = Scope::Host, .read = part<HostMetric::cpu_guest>},
    {.label = "iowait", .unit = "%", .noun = "CPU waiting for I/O", .scope = Scope::Host, .read = part<HostMetric::cpu_iowait>},
    {.label = "steal", .unit = "%", .noun = "CPU taken by the hypervisor below", .scope = Scope::Host,
     .read = part<HostMetric::cpu_steal>},
    {.label = "swap", .unit = "%", .noun = "swap in use", .scope = Scope::Host, .momentary = true, .read = swap},
    {.label = "load1", .unit = "", .noun = "load average", .scope = Scope::Host, .momentary = true, .read = load},
    {.label = "psi_cpu", .unit = "%", .noun = "pressure on CPUs", .scope = Scope::Host, .read = pressure<HostMetric::psi_cpu_some>},
    {.label = "psi_memory", .unit = "%", .noun = "pressure on memory", .scope = Scope::Host,
     .read = pressure<HostMetric::psi_memory_some>},
    {.label = "psi_io", .unit = "%", .noun = "pressure on I/O", .scope = Scope::Host, .read = pressure<HostMetric::psi_io_some>},
    {.label = "numa_free", .unit = "%", .noun = "NUMA node's free memory", .scope = Scope::Node, .momentary = true,
     .lower_is_worse = true, .read = node_free},
    {.label = "numa_free_bytes", .unit = "B", .noun = "NUMA node's free memory", .scope = Scope::Node, .momentary = true,
     .lower_is_worse = true, .read = node_free_bytes},
}};

Result<Report> run(const Request& request, Snapshot& snapshot) { return judge_host(request, snapshot, 4); }

}  // namespace

const Mode host_mode{.name = "host",
                     .service = "HOST",
                     .help = "CPU, memory and pressure (PSI) of the host, over-commitment of vCPUs and memory, free memory of NUMA nodes",
                     .example = "--window 5m -w cpu=85,memory=90,psi_memory=5 -c memory=97",
                     .about = About::host,
                     .measures = measures,
                     .window = "60s",
                     .run = run};

}  // namespace virtscope::checks

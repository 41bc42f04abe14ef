#include "exporters/collectd/series.h"

#include <vector>

namespace virtscope::exporters::collectd {
namespace {

constexpr std::uint64_t milliseconds = 1'000'000;  // ns

template <MetricOfScope M>
Series counter(Extra extra, std::string_view type, Named named, M metric, std::uint64_t divisor = 1) {
    return {scope_of<M>, extra, type, named, {}, 1, {static_cast<std::size_t>(metric), 0}, divisor, false};
}

template <MetricOfScope M>
Series counters(Extra extra, std::string_view type, Named named, M first, M second, std::uint64_t divisor = 1) {
    const std::array columns{static_cast<std::size_t>(first), static_cast<std::size_t>(second)};
    return {scope_of<M>, extra, type, named, {}, 2, columns, divisor, false};
}

template <MetricOfScope M>
Series gauge(Extra extra, std::string_view type, Named named, M metric, std::uint64_t divisor = 1) {
    return {scope_of<M>, extra, type, named, {}, 1, {static_cast<std::size_t>(metric), 0}, divisor, true};
}

Series called(std::string_view text, Series series) {
    series.named = Named::text;
    series.text = text;
    return series;
}

void add_guest(std::vector<Series>& all) {
    using enum GuestMetric;
    const auto plain = Named::nothing;
    all.push_back(counter(Extra::always, "virt_cpu_total", plain, cpu_time));
    all.push_back(counters(Extra::pcpu, "ps_cputime", plain, cpu_user, cpu_system));
    const auto of_memory = [&](std::string_view text, GuestMetric metric) {
        all.push_back(called(text, gauge(Extra::memory, "memory", plain, metric)));
    };
    of_memory("unused", memory_unused);
    of_memory("available", memory_available);
    of_memory("actual_balloon", memory_balloon);
    of_memory("rss", memory_resident);
    of_memory("usable", memory_usable);
    of_memory("disk_caches", memory_caches);
    all.push_back(called("in", counter(Extra::memory, "swap_io", plain, swap_in)));
    all.push_back(called("out", counter(Extra::memory, "swap_io", plain, swap_out)));
    all.push_back(counters(Extra::memory, "ps_pagefaults", plain, guest_minor_faults, guest_major_faults));
    all.push_back(counter(Extra::steal, "virt_cpu_wait", plain, cpu_wait));
    all.push_back(called("emulator", counter(Extra::cpu_parts, "virt_cpu_part", plain, cpu_emulator)));
    all.push_back(called("iothread", counter(Extra::cpu_parts, "virt_cpu_part", plain, cpu_iothread)));
    all.push_back(called("vhost", counter(Extra::cpu_parts, "virt_cpu_part", plain, cpu_vhost)));
    constexpr std::uint64_t seconds = 1'000'000'000;
    all.push_back(called("monitor_age", gauge(Extra::age, "duration", plain, monitor_age, seconds)));
    all.push_back(called("stale", gauge(Extra::age, "virt_flag", plain, stale)));
}

void add_vcpu(std::vector<Series>& all) {
    using enum VcpuMetric;
    const auto its = Named::instance;
    all.push_back(counter(Extra::vcpu, "virt_vcpu", its, time));
    all.push_back(counter(Extra::steal, "virt_vcpu_wait", its, wait));
    all.push_back(counter(Extra::exits, "virt_exits", its, exits));
    all.push_back(counter(Extra::exits, "virt_halt_exits", its, halt_exits));
}

void add_disk(std::vector<Series>& all) {
    using enum DiskMetric;
    const auto its = Named::instance;
    all.push_back(counters(Extra::always, "disk_ops", its, read_ops, write_ops));
    all.push_back(counters(Extra::always, "disk_octets", its, read_bytes, write_bytes));
    all.push_back(counters(Extra::disk, "disk_time", its, read_time, write_time, milliseconds));
    all.push_back(counter(Extra::disk, "total_requests", Named::flush, flush_ops));
    all.push_back(counter(Extra::disk, "total_time_in_ms", Named::flush, flush_time, milliseconds));
    all.push_back(gauge(Extra::disk_allocation, "disk_allocation", its, allocation));
    all.push_back(gauge(Extra::disk_capacity, "disk_capacity", its, capacity));
    all.push_back(gauge(Extra::disk_physical, "disk_physical", its, physical));
    all.push_back(counter(Extra::disk_failed, "virt_disk_failed", its, failed_ops));
    all.push_back(gauge(Extra::disk_in_flight, "pending_operations", its, in_flight));
}

void add_nic(std::vector<Series>& all) {
    using enum NicMetric;
    const auto its = Named::instance;
    all.push_back(counters(Extra::always, "if_octets", its, rx_bytes, tx_bytes));
    all.push_back(counters(Extra::always, "if_packets", its, rx_packets, tx_packets));
    all.push_back(counters(Extra::always, "if_errors", its, rx_errors, tx_errors));
    all.push_back(counters(Extra::always, "if_dropped", its, rx_drops, tx_drops));
}

}  // namespace

std::span<const Series> all_series() {
    static const std::vector<Series> made = [] {
        std::vector<Series> all;
        add_guest(all);
        add_vcpu(all);
        add_disk(all);
        add_nic(all);
        return all;
    }();
    return made;
}

std::uint64_t original_divisor(const Series& series) {
    if (series.type == "disk_time") return 1;
    if (series.type == "total_time_in_ms") return 1000;
    return series.divisor;
}

}  // namespace virtscope::exporters::collectd

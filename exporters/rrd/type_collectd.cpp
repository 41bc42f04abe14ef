// The files of collectd's virt plugin, so that graphs and tools made for it go on with ours.
//
// Where the plugin contradicts collectd's own conventions we keep to these: disk_time and total_time_in_ms are in
// milliseconds (the plugin writes nanoseconds and microseconds), swap_io and ps_pagefaults are counted as declared.
// virt_cpu_wait and virt_vcpu_wait (steal, in ns, as virt_cpu_total) are ours: collectd has no such types.
#include <array>

#include "core/roster.h"
#include "exporters/rrd/file_type.h"

namespace virtscope::exporters::rrd {
namespace {

constexpr std::uint64_t ns_in_ms = 1'000'000;

// virDomainState
std::uint64_t libvirt_state(std::uint64_t cell) {
    constexpr std::array<std::uint64_t, guest_state_count> states{0, 1, 2, 3, 3, 7, 4, 5, 6, 3};
    return states[static_cast<std::size_t>(state_of(cell))];
}

template <MetricOfScope M>
Source derive(const char* name, M metric, std::uint64_t divisor = 1) {
    return {.name = name, .column = static_cast<std::size_t>(metric), .merge = Merge::derive, .divisor = divisor};
}

template <MetricOfScope M>
Source gauge(const char* name, M metric) {
    return {.name = name, .column = static_cast<std::size_t>(metric), .merge = Merge::mean};
}

void add(std::vector<FileType>& types, Scope scope, const char* name, std::vector<Source> sources) {
    types.push_back({.scope = scope, .name = name, .sources = std::move(sources)});
}

void add_guest(std::vector<FileType>& types) {
    using enum GuestMetric;
    add(types, Scope::Guest, "virt_cpu_total", {derive("value", cpu_time)});
    add(types, Scope::Guest, "virt_cpu_wait", {derive("value", cpu_wait)});
    add(types, Scope::Guest, "ps_cputime", {derive("user", cpu_user), derive("syst", cpu_system)});
    add(types, Scope::Guest, "memory-total", {gauge("value", memory_balloon)});
    add(types, Scope::Guest, "memory-actual_balloon", {gauge("value", memory_balloon)});
    add(types, Scope::Guest, "memory-rss", {gauge("value", memory_resident)});
    add(types, Scope::Guest, "memory-unused", {gauge("value", memory_unused)});
    add(types, Scope::Guest, "memory-available", {gauge("value", memory_available)});
    add(types, Scope::Guest, "memory-usable", {gauge("value", memory_usable)});
    add(types, Scope::Guest, "memory-disk_caches", {gauge("value", memory_caches)});
    add(types, Scope::Guest, "swap_io-in", {derive("value", swap_in)});
    add(types, Scope::Guest, "swap_io-out", {derive("value", swap_out)});
    add(types, Scope::Guest, "ps_pagefaults",
        {derive("minflt", guest_minor_faults), derive("majflt", guest_major_faults)});
    // Why a guest is in its state the ring does not know.
    add(types, Scope::Guest, "domain_state",
        {{.name = "state",
          .column = static_cast<std::size_t>(GuestMetric::state),
          .merge = Merge::last,
          .translate = libvirt_state},
         {.name = "reason", .column = no_column, .merge = Merge::last}});
}

void add_disk(std::vector<FileType>& types) {
    using enum DiskMetric;
    add(types, Scope::Disk, "disk_ops", {derive("read", read_ops), derive("write", write_ops)});
    add(types, Scope::Disk, "disk_octets", {derive("read", read_bytes), derive("write", write_bytes)});
    add(types, Scope::Disk, "disk_time", {derive("read", read_time, ns_in_ms), derive("write", write_time, ns_in_ms)});
    add(types, Scope::Disk, "total_requests-flush", {derive("value", flush_ops)});
    add(types, Scope::Disk, "total_time_in_ms-flush", {derive("value", flush_time, ns_in_ms)});
    add(types, Scope::Disk, "disk_allocation", {gauge("value", allocation)});
    add(types, Scope::Disk, "disk_capacity", {gauge("value", capacity)});
    add(types, Scope::Disk, "disk_physical", {gauge("value", physical)});
}

void add_nic(std::vector<FileType>& types) {
    using enum NicMetric;
    add(types, Scope::Nic, "if_octets", {derive("rx", rx_bytes), derive("tx", tx_bytes)});
    add(types, Scope::Nic, "if_packets", {derive("rx", rx_packets), derive("tx", tx_packets)});
    add(types, Scope::Nic, "if_errors", {derive("rx", rx_errors), derive("tx", tx_errors)});
    add(types, Scope::Nic, "if_dropped", {derive("rx", rx_drops), derive("tx", tx_drops)});
}

}  // namespace

std::span<const FileType> collectd_types() {
    static const std::vector<FileType> types = [] {
        std::vector<FileType> made;
        add_guest(made);
        add(made, Scope::Vcpu, "virt_vcpu", {derive("value", VcpuMetric::time)});
        add(made, Scope::Vcpu, "virt_vcpu_wait", {derive("value", VcpuMetric::wait)});
        add_disk(made);
        add_nic(made);
        return made;
    }();
    return types;
}

}  // namespace virtscope::exporters::rrd

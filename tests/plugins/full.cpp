#include "full.h"

#include <fmt/format.h>

namespace virtscope::checks {
namespace {

constexpr std::uint64_t gib = 1ULL << 30;
constexpr double busy_ns = 1e9;  // a second a second

Cells<GuestMetric> guest_cells() {
    using enum GuestMetric;
    return {.now = {{memory_available, gib},
                    {memory_usable, gib / 4},
                    {memory_resident, 2 * gib},
                    {memory_max, 2 * gib},
                    {memory_balloon, gib},
                    {memory_target, 3 * (gib / 4)},
                    {monitor_latency, 1'500'000},
                    {guest_agent, 1},
                    {guest_agent_age, 0}},
            .per_second = {{cpu_time, 0.5 * busy_ns},
                           {cpu_user, 0.25 * busy_ns},
                           {cpu_system, 0.125 * busy_ns},
                           {cpu_emulator, 0.1 * busy_ns},
                           {cpu_iothread, 0.04 * busy_ns},
                           {cpu_vhost, 0.02 * busy_ns},
                           {cpu_wait, 0.2 * busy_ns},
                           {swap_in, 4096},
                           {swap_out, 8192},
                           {guest_major_faults, 20}}};
}

Cells<DiskMetric> disk_cells() {
    using enum DiskMetric;
    return {.now = {{in_flight, 3}},
            .per_second = {{queue_full, 2},
                           {read_ops, 10},
                           {read_bytes, 40960},
                           {read_time, 0.02 * busy_ns},
                           {write_ops, 30},
                           {write_bytes, 122880},
                           {write_time, 0.3 * busy_ns},
                           {flush_ops, 5},
                           {flush_time, 0.025 * busy_ns},
                           {failed_ops, 0}}};
}

Cells<NicMetric> nic_cells() {
    using enum NicMetric;
    return {.now = {},
            .per_second = {{rx_bytes, 1000}, {tx_bytes, 2000}, {rx_packets, 10}, {tx_packets, 20},
                           {rx_errors, 0.05}, {tx_errors, 0.1}, {rx_drops, 0.2}, {tx_drops, 0.25}}};
}

}  // namespace

WorldGuest full_guest(std::string name) {
    WorldGuest guest{.name = std::move(name)};
    guest.started = -100'000;
    guest.cpus_used.reset();  // in the cells
    guest.cells = guest_cells();
    guest.vcpu_rows = {{.name = "0", .cells = {.now = {}, .per_second = {{VcpuMetric::wait, 0.1 * busy_ns}}}},
                       {.name = "1", .cells = {.now = {}, .per_second = {{VcpuMetric::wait, 0.1 * busy_ns}}}}};
    guest.disks = {{.name = "vda", .cells = disk_cells()}};
    guest.nics = {{.name = "vnet0", .cells = nic_cells()}};
    using enum FilesystemMetric;
    guest.filesystems = {{.name = "/", .cells = {.now = {{total_bytes, 100 * gib}, {used_bytes, 40 * gib}}, .per_second = {}}}};
    guest.displays = {{.name = "vnc", .cells = {.now = {{DisplayMetric::exposed, 0}, {DisplayMetric::port, 5900}}, .per_second = {}}}};
    return guest;
}

void fill_full(World& world) {
    world.guests = {full_guest()};
    using enum HostMetric;
    world.host = {.now = {{memory_total, 8 * gib}, {memory_available, 2 * gib}, {swap_total, 4 * gib}, {swap_free, 3 * gib},
                          {load1, 1500}},
                  .per_second = {{cpu_user, 0.4 * busy_ns},
                                 {cpu_nice, 0.1 * busy_ns},
                                 {cpu_system, 0.5 * busy_ns},
                                 {cpu_idle, 2 * busy_ns},
                                 {cpu_iowait, 0.2 * busy_ns},
                                 {cpu_irq, 0.1 * busy_ns},
                                 {cpu_steal, 0.2 * busy_ns},
                                 {cpu_guest, 0.5 * busy_ns},
                                 {psi_cpu_some, 0.1 * busy_ns},
                                 {psi_memory_some, 0.02 * busy_ns},
                                 {psi_io_some, 0.05 * busy_ns}}};
    world.nodes = {{.name = "0",
                    .cells = {.now = {{NodeMetric::memory_total, 4 * gib}, {NodeMetric::memory_free, gib}}, .per_second = {}}}};
    world.agent = {.now = {{AgentMetric::tick_lateness, 200'000}, {AgentMetric::guests_stale, 0}},
                   .per_second = {{AgentMetric::ticks_skipped, 0.1}, {AgentMetric::cpu_time, 0.01 * busy_ns}}};
}

const std::vector<Known>& known_values() {
    static const std::vector<Known> all{
        {"state", "running", 1, "running=1"},
        {"cpu", "cpu", 25, "cpu=25%"},
        {"cpu", "user", 12.5, "user=12.5%"},
        {"cpu", "system", 6.25, "system=6.25%"},
        {"cpu", "emulator", 5, "emulator=5%"},
        {"cpu", "iothread", 2, "iothread=2%"},
        {"cpu", "vhost", 1, "vhost=1%"},
        {"steal", "steal", 10, "steal=10%"},
        {"steal", "vcpu", 10, "0_vcpu=10%"},
        {"memory", "used", 75, "used=75%"},
        {"memory", "used_bytes", 805306368, "used_bytes=805306368B"},
        {"memory", "resident", 2147483648, "resident=2147483648B"},
        {"memory", "swap_in", 4096, "swap_in=4096B"},
        {"memory", "swap_out", 8192, "swap_out=8192B"},
        {"memory", "major_faults", 20, "major_faults=20"},
        {"balloon", "left", 50, "left=50%"},
        {"balloon", "taken", 1073741824, "taken=1073741824B"},
        {"balloon", "over_target", 268435456, "over_target=268435456B"},
        {"block", "latency", 0.008, "vda_latency=0.008s"},
        {"block", "read_latency", 0.002, "vda_read_latency=0.002s"},
        {"block", "write_latency", 0.01, "vda_write_latency=0.01s"},
        {"block", "flush_latency", 0.005, "vda_flush_latency=0.005s"},
        {"block", "read_bytes", 40960, "vda_read_bytes=40960B"},
        {"block", "write_bytes", 122880, "vda_write_bytes=122880B"},
        {"block", "read_ops", 10, "vda_read_ops=10"},
        {"block", "write_ops", 30, "vda_write_ops=30"},
        {"block", "errors", 0, "vda_errors=0"},
        {"block", "in_flight", 3, "vda_in_flight=3"},
        {"block", "queue_full", 120, "vda_queue_full=120"},
        {"net", "rx_bytes", 1000, "vnet0_rx_bytes=1000B"},
        {"net", "tx_bytes", 2000, "vnet0_tx_bytes=2000B"},
        {"net", "rx_packets", 10, "vnet0_rx_packets=10"},
        {"net", "tx_packets", 20, "vnet0_tx_packets=20"},
        {"net", "rx_errors", 3, "vnet0_rx_errors=3"},
        {"net", "tx_errors", 6, "vnet0_tx_errors=6"},
        {"net", "rx_drops", 12, "vnet0_rx_drops=12"},
        {"net", "tx_drops", 15, "vnet0_tx_drops=15"},
        {"responsive", "unanswered", 0, "unanswered=0s"},
        {"responsive", "latency", 0.0015, "latency=0.0015s"},
        {"restarts", "restarts", 0, "restarts=0"},
        {"uptime", "uptime", 100'200, "uptime=100200s"},
        {"host", "cpu", 45, "cpu=45%"},
        {"host", "memory", 75, "memory=75%"},
        {"host", "vcpu_ratio", 0.5, "vcpu_ratio=0.5"},
        {"host", "memory_committed", 25, "memory_committed=25%"},
        {"host", "guest_cpu", 12.5, "guest_cpu=12.5%"},
        {"host", "iowait", 5, "iowait=5%"},
        {"host", "steal", 5, "steal=5%"},
        {"host", "swap", 25, "swap=25%"},
        {"host", "load1", 1.5, "load1=1.5"},
        {"host", "psi_cpu", 10, "psi_cpu=10%"},
        {"host", "psi_memory", 2, "psi_memory=2%"},
        {"host", "psi_io", 5, "psi_io=5%"},
        {"host", "numa_free", 25, "0_numa_free=25%"},
        {"host", "numa_free_bytes", 1073741824, "0_numa_free_bytes=1073741824B"},
        {"agent", "age", 0.5, "age=0.5s"},
        {"agent", "lateness", 0.0002, "lateness=0.0002s"},
        {"agent", "duration", 0.003, "duration=0.003s"},
        {"agent", "skipped", 6, "skipped=6"},
        {"agent", "cpu", 1, "cpu=1%"},
        {"agent", "memory", 5242880, "memory=5242880B"},
        {"agent", "guests", 1, "guests=1"},
        {"agent", "guests_stale", 0, "guests_stale=0"},
        {"events", "events", 0, "events=0"},
        {"console", "open", 0, "vnc_open=0"},
        {"console", "port", 5900, "vnc_port=5900"},
        {"fs", "used", 40, "'/_used'=40%"},
        {"fs", "free", 64424509440, "'/_free'=64424509440B"},
        {"guest-agent", "silent", 0, "silent=0s"},
    };
    return all;
}

std::string range_around(double value) {
    const double margin = value * 1e-6 + 1e-9;
    return fmt::format("{:.9f}:{:.9f}", value - margin, value + margin);
}

}  // namespace virtscope::checks

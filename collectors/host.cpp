#include "collectors/host.h"

#include <unistd.h>

#include "collectors/clocks.h"
#include "collectors/host_text.h"
#include "collectors/scan.h"

namespace virtscope {
namespace {

constexpr std::uint64_t ns_per_second = 1'000'000'000;
const std::uint64_t ns_per_clock_tick = ns_per_second / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));

void set(Frame& frame, HostMetric metric, std::optional<std::uint64_t> value) {
    if (value) frame.set(0, metric, *value);
}

// cpufreq says kHz in one number: "2600000".
std::optional<std::uint64_t> read_khz(std::string path) {
    char text[64];
    std::string_view khz = KeptFile(std::move(path)).read(text);
    constexpr std::uint64_t hertz_per_khz = 1000;
    return times(take_number(khz), hertz_per_khz);
}

std::optional<std::uint64_t> read_frequency(const KernelRoots& roots) {
    const std::string cpufreq = roots.sys + "/devices/system/cpu/cpu0/cpufreq/";
    if (const auto now = read_khz(cpufreq + "scaling_cur_freq")) return now;
    if (const auto base = read_khz(cpufreq + "base_frequency")) return base;
    char text[4096];
    return parse_cpuinfo_frequency(KeptFile(roots.proc + "/cpuinfo").read(text));
}

}  // namespace

HostCollector::HostCollector(const KernelRoots& roots)
    : roots_(roots),
      stat_(roots.proc + "/stat"),
      online_(roots.sys + "/devices/system/cpu/online"),
      meminfo_(roots.proc + "/meminfo"),
      loadavg_(roots.proc + "/loadavg"),
      pressure_{
          Pressure{KeptFile(roots.proc + "/pressure/cpu"), HostMetric::psi_cpu_some, HostMetric::psi_cpu_full},
          Pressure{KeptFile(roots.proc + "/pressure/memory"), HostMetric::psi_memory_some, HostMetric::psi_memory_full},
          Pressure{KeptFile(roots.proc + "/pressure/io"), HostMetric::psi_io_some, HostMetric::psi_io_full}},
      stat_text_(longest_cpu_text()) {}

void HostCollector::prepare(std::span<const Slot>) { frequency_ = read_frequency(roots_); }

void HostCollector::collect(std::span<const Slot>, Frame& frame) {
    frame.table(Scope::Host).row(0).time = monotonic_ns();
    if (roots_.whole_machine) read_cpu(frame);
    read_memory(frame);
    read_load(frame);
    read_pressure(frame);
}

void HostCollector::read_cpu(Frame& frame) {
    set(frame, HostMetric::cpu_frequency, frequency_);
    char text[1024];
    set(frame, HostMetric::cpus, parse_cpu_list(online_.read(text)));
    const std::string_view stat = stat_.read(stat_text_);
    cpus_.fill(stat, monotonic_ns(), frame);
    const CpuTicks ticks = parse_cpu_ticks(stat);
    const auto put = [&](HostMetric metric, std::optional<std::uint64_t> count) {
        const auto time = times(count, ns_per_clock_tick);
        if (time) frame.set(0, metric, held_steady(last_[static_cast<std::size_t>(metric)], *time));
    };
    put(HostMetric::cpu_user, ticks.user);
    put(HostMetric::cpu_nice, ticks.nice);
    put(HostMetric::cpu_system, ticks.system);
    put(HostMetric::cpu_idle, ticks.idle);
    put(HostMetric::cpu_iowait, ticks.iowait);
    put(HostMetric::cpu_irq, ticks.irq);
    put(HostMetric::cpu_steal, ticks.steal);
    put(HostMetric::cpu_guest, ticks.guest);
}

void HostCollector::read_memory(Frame& frame) {
    char buffer[4096];
    const std::string_view text = meminfo_.read(buffer);
    set(frame, HostMetric::swap_total, parse_kb_line(text, "SwapTotal:"));
    set(frame, HostMetric::swap_free, parse_kb_line(text, "SwapFree:"));
    if (!roots_.whole_machine) return;
    set(frame, HostMetric::memory_total, parse_kb_line(text, "MemTotal:"));
    set(frame, HostMetric::memory_available, parse_kb_line(text, "MemAvailable:"));
    set(frame, HostMetric::memory_free, parse_kb_line(text, "MemFree:"));
}

void HostCollector::read_load(Frame& frame) {
    char text[128];
    const auto load = parse_load(loadavg_.read(text));
    if (!load) return;
    frame.set(0, HostMetric::load1, (*load)[0]);
    frame.set(0, HostMetric::load5, (*load)[1]);
    frame.set(0, HostMetric::load15, (*load)[2]);
}

void HostCollector::read_pressure(Frame& frame) {
    for (Pressure& pressure : pressure_) {
        char buffer[512];
        const std::string_view text = pressure.file.read(buffer);
        set(frame, pressure.some, parse_pressure(text, "some"));
        set(frame, pressure.full, parse_pressure(text, "full"));
    }
}

}  // namespace virtscope

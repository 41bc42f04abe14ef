#include "top/view/summary.h"

#include <ctime>

#include <fmt/format.h>

namespace virtscope::top {
namespace {

std::string whole(std::optional<std::uint64_t> value, std::uint64_t divisor) {
    return value ? fmt::format("{}", *value / divisor) : "-";
}

std::string percent(std::optional<double> value) { return value ? fmt::format("{:.1f}%", *value) : "-"; }

constexpr std::uint64_t mebi = 1 << 20;
constexpr std::uint64_t mega = 1'000'000;

}  // namespace

std::string guests_line(const Totals& totals) {
    std::string line =
        fmt::format("{} domains, {} active, {} running, {} sleeping, {} paused, {} inactive D:{} O:{} X:{}",
                    totals.guests, totals.active, totals.running, totals.blocked, totals.paused, totals.inactive,
                    totals.shutting_down, totals.shut_off, totals.crashed);
    if (totals.unknown != 0) line += fmt::format(" ?:{}", totals.unknown);
    return line;
}

std::string usage_line(const Totals& totals) {
    const std::string memory = whole(totals.memory, mebi);
    const std::string stale = totals.stale == 0 ? std::string() : fmt::format("  Stale: {}", totals.stale);
    return fmt::format("CPU: {}  Mem: {} MB ({} MB by guests){}", percent(totals.cpu_percent), memory, memory, stale);
}

namespace {

std::string pressure_text(const FramePair& pair) {
    const auto some = [&](HostMetric metric) {
        const auto rate = pair.rate(0, metric);
        return percent(rate ? std::optional(*rate / 1e7) : std::nullopt);
    };
    if (!pair.rate(0, HostMetric::psi_cpu_some) && !pair.rate(0, HostMetric::psi_memory_some) &&
        !pair.rate(0, HostMetric::psi_io_some)) {
        return {};
    }
    return fmt::format("  Pressure: cpu {} mem {} io {}", some(HostMetric::psi_cpu_some),
                       some(HostMetric::psi_memory_some), some(HostMetric::psi_io_some));
}

}  // namespace

std::string clock_text(const Frame& frame) {
    const std::time_t seconds = frame.realtime / 1'000'000'000;
    std::tm parts{};
    if (::localtime_r(&seconds, &parts) == nullptr) return "--:--:--";
    return fmt::format("{:02}:{:02}:{:02}", parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::string machine_text(const Frame& frame) {
    const auto cpus = frame.get(0, HostMetric::cpus);
    return fmt::format("{} {}/{}CPU {}MHz {}MB", frame.roster->host.arch, whole(cpus, 1), whole(cpus, 1),
                       whole(frame.get(0, HostMetric::cpu_frequency), mega),
                       whole(frame.get(0, HostMetric::memory_total), mebi));
}

std::string strip_text(const std::vector<std::optional<double>>& strip) {
    std::string text;
    for (const auto& value : strip) text += " " + percent(value);
    return text;
}

std::array<std::string, 3> summary_lines(const FramePair& pair, const Totals& totals) {
    const Frame& frame = *pair.now();
    return {fmt::format("virt-top {} - {}", clock_text(frame), machine_text(frame)), guests_line(totals),
            usage_line(totals) + pressure_text(pair)};
}

}  // namespace virtscope::top

#include "collectors/cpus.h"

#include <algorithm>

#include <unistd.h>

#include "collectors/kept_file.h"
#include "collectors/scan.h"

namespace virtscope {
namespace {

constexpr std::uint64_t ns_per_second = 1'000'000'000;
constexpr std::uint64_t most_cpus = 65'536;  // more than any kernel: what is beyond is no number of a CPU
const std::uint64_t ns_per_clock_tick = ns_per_second / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));

using Parts = std::array<std::optional<std::uint64_t>, static_cast<std::size_t>(CpuMetric::count)>;

// In the order of the columns.
Parts parts_of(const CpuTicks& ticks) {
    return {ticks.user, ticks.nice, ticks.system, ticks.idle, ticks.iowait, ticks.irq, ticks.steal, ticks.guest};
}

}  // namespace

std::uint64_t held_steady(std::uint64_t& last, std::uint64_t now) {
    if (now < last && last - now < ns_per_second) return last;
    last = now;
    return now;
}

void CpuRows::fill(std::string_view stat, std::int64_t time, Frame& frame) {
    const auto& cpus = frame.roster->cpus;
    Table& table = frame.table(Scope::Cpu);
    std::size_t row = 0;
    // Both go by number. Who came or went since the roster was made is passed over.
    for (auto cpu = take_cpu_line(stat); cpu && row < cpus.size(); cpu = take_cpu_line(stat)) {
        if (cpu->number >= most_cpus) continue;
        const std::string name = std::to_string(cpu->number);
        const auto found =
            std::ranges::find(cpus.begin() + static_cast<std::ptrdiff_t>(row), cpus.end(), name, &RosterInstance::name);
        if (found == cpus.end()) continue;
        row = static_cast<std::size_t>(found - cpus.begin());
        if (cpu->number >= last_.size()) last_.resize(cpu->number + 1);
        const Parts parts = parts_of(cpu->ticks);
        for (std::size_t column = 0; column < parts.size(); ++column) {
            const auto spent = times(parts[column], ns_per_clock_tick);
            if (spent) table.set(row, column, held_steady(last_[cpu->number][column], *spent));
        }
        table.row(row).time = time;
        ++row;
    }
}

std::vector<RosterInstance> online_cpus(const KernelRoots& roots) {
    std::vector<char> buffer(longest_cpu_text());
    std::string_view text = KeptFile(roots.proc + "/stat").read(buffer);
    std::vector<RosterInstance> cpus;
    for (auto cpu = take_cpu_line(text); cpu; cpu = take_cpu_line(text)) {
        if (cpu->number < most_cpus) cpus.push_back({.name = std::to_string(cpu->number), .source = {}});
    }
    return cpus;
}

std::size_t longest_cpu_text() {
    constexpr std::size_t line = 256;  // ten numbers of 64 bits
    const long configured = ::sysconf(_SC_NPROCESSORS_CONF);
    return (static_cast<std::size_t>(std::max(configured, 16L)) + 1) * line;
}

}  // namespace virtscope

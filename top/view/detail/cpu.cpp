// Where a guest's CPU time goes: by part of its process, and by vCPU.
#include <algorithm>

#include <fmt/format.h>

#include "top/view/detail/sections.h"
#include "top/view/units.h"

namespace virtscope::top {
namespace {

std::optional<double> percent(std::optional<double> nanoseconds_a_second, double cpus) {
    return nanoseconds_a_second ? std::optional(*nanoseconds_a_second / 1e7 / cpus) : std::nullopt;
}

std::optional<double> of_guest(const GuestNow& guest, GuestMetric metric) {
    return percent(guest.picture.pair.rate(guest.row, metric), guest.cpu.cpus);
}

std::optional<double> of_vcpus(const GuestNow& guest) {
    std::optional<double> sum;
    for (std::size_t i = 0; i < guest.who().vcpus; ++i) {
        const auto rate = guest.picture.pair.rate(guest.who().first_vcpu + i, VcpuMetric::time);
        if (rate) sum = sum.value_or(0) + *rate;
    }
    return percent(sum, guest.cpu.cpus);
}

std::string text(std::optional<double> value) { return with_unit(value, Measure::percent); }

Fact parts_title(const GuestNow& guest) {
    const auto online = guest.frame().get(guest.row, GuestMetric::vcpus);
    const auto most = guest.frame().get(guest.row, GuestMetric::vcpus_max);
    std::string vcpus = online ? fmt::format("{}", *online) : "-";
    if (most && most != online) vcpus += fmt::format(" of {}", *most);
    return {"vCPUs online", vcpus};
}

PaneCell wait_cell(std::optional<double> wait) {
    const double value = wait.value_or(0);
    return {brief_percent(wait), value >= 20 ? Style::critical : value >= 5 ? Style::busy : Style::plain};
}

std::vector<PaneCell> vcpu_row(const GuestNow& guest, std::size_t row) {
    const FramePair& pair = guest.picture.pair;
    const auto halted = guest.frame().get(row, VcpuMetric::halted);
    const auto exits = pair.rate(row, VcpuMetric::exits);
    return {{guest.frame().roster->vcpus[row].name},
            {brief_percent(percent(pair.rate(row, VcpuMetric::time), 1))},
            wait_cell(percent(pair.rate(row, VcpuMetric::wait), 1)),
            {brief_count(exits)},
            {brief_count(pair.rate(row, VcpuMetric::halt_exits))},
            {brief_percent(percent(pair.rate(row, VcpuMetric::halt_wait), 1))},
            {brief_percent(percent(pair.rate(row, VcpuMetric::halt_poll), 1))},
            {brief_count(pair.rate(row, VcpuMetric::irq_injections))},
            {!halted        ? "-"
             : *halted != 0 ? "halted"
                            : "runs"}};
}

}  // namespace

Lines cpu_section(const GuestNow& guest, std::size_t width) {
    Lines lines{section_title(fmt::format("CPU, % {}; of each vCPU % of one CPU", guest.cpu.of), width)};
    const Lines parts = flow({parts_title(guest),
                              {"all", text(of_guest(guest, GuestMetric::cpu_time))},
                              {"vCPUs", text(of_vcpus(guest))},
                              {"emulator", text(of_guest(guest, GuestMetric::cpu_emulator))},
                              {"I/O threads", text(of_guest(guest, GuestMetric::cpu_iothread))},
                              {"vhost", text(of_guest(guest, GuestMetric::cpu_vhost))},
                              {"user", text(of_guest(guest, GuestMetric::cpu_user))},
                              {"system", text(of_guest(guest, GuestMetric::cpu_system))}},
                             width);
    PaneTable table{.titles = {"vCPU", "run", "wait", "exits/s", "halts/s", "halted", "polled", "irqs/s", "now"},
                    .rows = {}};
    for (std::size_t i = 0; i < guest.who().vcpus; ++i)
        table.rows.push_back(vcpu_row(guest, guest.who().first_vcpu + i));
    const Lines vcpus = lines_of(table, width);
    lines.insert(lines.end(), parts.begin(), parts.end());
    lines.insert(lines.end(), vcpus.begin(), vcpus.end());
    return lines;
}

}  // namespace virtscope::top

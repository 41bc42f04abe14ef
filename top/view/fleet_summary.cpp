#include "top/view/fleet_summary.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/text.h"
#include "top/view/figures.h"
#include "top/view/summary.h"

namespace virtscope::top {
namespace {

struct Fleet {
    std::size_t live = 0;
    std::uint64_t cpus = 0;
    std::uint64_t memory = 0;  // bytes, of the hosts
    double busy_cpus = 0;
    bool has_cpu = false;
    Totals totals{};
    std::int64_t newest = 0;
    const Frame* frame = nullptr;  // the newest
};

void add_host(Fleet& fleet, const Host& host) {
    if (host.trouble.empty()) ++fleet.live;
    if (!host.is_known()) return;
    const Frame& frame = host.picture.frame();
    const Totals totals = totals_of(host.picture.pair);
    const auto cpus = frame.get(0, HostMetric::cpus).value_or(0);
    fleet.cpus += cpus;
    fleet.memory += frame.get(0, HostMetric::memory_total).value_or(0);
    if (totals.cpu_percent) fleet.busy_cpus += *totals.cpu_percent / 100 * static_cast<double>(cpus);
    fleet.has_cpu |= totals.cpu_percent.has_value();
    fleet.totals = sum_of(fleet.totals, totals);
    if (fleet.frame == nullptr || frame.realtime > fleet.frame->realtime) fleet.frame = &frame;
}

}  // namespace

std::vector<Line> fleet_summary(const Scene& scene, std::size_t width) {
    Fleet fleet;
    for (const Host& host : scene.hosts) add_host(fleet, host);
    constexpr std::uint64_t mebi = 1 << 20;
    if (fleet.has_cpu && fleet.cpus != 0)
        fleet.totals.cpu_percent = fleet.busy_cpus / static_cast<double>(fleet.cpus) * 100;
    const std::string time = fleet.frame == nullptr ? "--:--:--" : clock_text(*fleet.frame);
    const std::string first =
        fmt::format("virt-top {}{} - {} hosts, {} live, {}CPU {}MB", time, scene.is_history() ? " history" : "",
                    scene.hosts.size(), fleet.live, fleet.cpus, fleet.memory / mebi);
    return {{clip(first, width), scene.is_history() ? Style::heading : Style::plain},
            {clip(guests_line(fleet.totals), width)},
            {clip(usage_line(fleet.totals), width)}};
}

std::vector<Line> trouble_lines(const Scene& scene, std::size_t most, std::size_t width) {
    std::vector<Line> lines;
    std::size_t left_out = 0;
    for (const Host& host : scene.hosts) {
        if (host.trouble.empty()) continue;
        if (lines.size() >= most) {
            ++left_out;
            continue;
        }
        lines.push_back({clip(fmt::format("{}: {}", host.label, host.trouble), width), Style::warning});
    }
    if (left_out == 0 || lines.empty()) return lines;
    lines.back() = {clip(fmt::format("{} more hosts are in trouble", left_out + 1), width), Style::warning};
    return lines;
}

}  // namespace virtscope::top

#include "top/view/host_panel.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/text.h"
#include "top/view/cells.h"
#include "top/view/cpu_load.h"
#include "top/view/figures.h"
#include "top/view/list/shared_columns.h"

namespace virtscope::top {
namespace {

// Of the machine and what its guests were promised.
struct Promises {
    std::uint64_t vcpus = 0;     // of guests that are active
    std::uint64_t memory = 0;    // bytes: what balloons leave them
    std::uint64_t most = 0;      // bytes: what they may have
    std::uint64_t resident = 0;  // bytes of the host they hold
};

Promises promises_of(const Frame& frame) {
    Promises sum;
    for (std::size_t guest = 0; guest < frame.roster->guests.size(); ++guest) {
        if (!is_active(state_of_guest(frame, guest))) continue;
        sum.vcpus += vcpus_of(frame, guest);
        sum.memory += memory_of(frame, guest).value_or(0);
        sum.most += frame.get(guest, GuestMetric::memory_max).value_or(0);
        sum.resident += frame.get(guest, GuestMetric::memory_resident).value_or(0);
    }
    return sum;
}

std::string bytes_text(std::optional<std::uint64_t> bytes) { return bytes ? human_bytes(*bytes) : "-"; }

std::string load_text(const Frame& frame) {
    const auto one = [&](HostMetric metric) {
        const auto load = frame.get(0, metric);
        return load ? fmt::format("{:.2f}", static_cast<double>(*load) / 1000) : std::string("-");
    };
    return fmt::format("{} {} {}", one(HostMetric::load1), one(HostMetric::load5), one(HostMetric::load15));
}

std::string share_text(const FramePair& pair, HostMetric metric) {
    const auto rate = pair.rate(0, metric);
    return percent_cell(rate ? std::optional(*rate / 1e7) : std::nullopt);
}

std::string ratio_text(std::uint64_t promised, std::optional<std::uint64_t> there) {
    if (!there || *there == 0) return "-";
    return fmt::format("{:.2f}", static_cast<double>(promised) / static_cast<double>(*there));
}

// Of all CPUs together.
std::optional<double> host_share(const FramePair& pair, std::initializer_list<HostMetric> metrics) {
    const auto cpus = pair.now()->get(0, HostMetric::cpus);
    double sum = 0;
    for (const HostMetric metric : metrics) {
        const auto rate = pair.rate(0, metric);
        if (!rate || !cpus || *cpus == 0) return std::nullopt;
        sum += *rate / 1e7 / static_cast<double>(*cpus);
    }
    return sum;
}

// Of the host itself, which on Xen is Domain-0: its time is not told apart.
std::optional<double> own_share(const FramePair& pair) {
    using enum HostMetric;
    if (pair.rate(0, cpu_guest) && !pair.rate(0, cpu_user)) return host_share(pair, {cpu_system});
    return host_share(pair, {cpu_user, cpu_nice, cpu_system, cpu_irq});
}

void add_pressure(std::vector<Line>& lines, const FramePair& pair, std::size_t width) {
    using enum HostMetric;
    const auto both = [&](HostMetric some, HostMetric full) {
        return fmt::format("{}/{}", share_text(pair, some), share_text(pair, full));
    };
    lines.push_back(
        {clip(fmt::format("Pressure (some/full %): cpu {}  memory {}  io {}", both(psi_cpu_some, psi_cpu_full),
                          both(psi_memory_some, psi_memory_full), both(psi_io_some, psi_io_full)),
              width)});
}

std::string swap_text(const Frame& frame) {
    const auto total = frame.get(0, HostMetric::swap_total);
    const auto free = frame.get(0, HostMetric::swap_free);
    if (!total || !free) return fmt::format("Swap: {} in all", bytes_text(total));
    return fmt::format("Swap: {} in all, {} used", human_bytes(*total), human_bytes(*total - std::min(*free, *total)));
}

void add_memory(std::vector<Line>& lines, const Frame& frame, const Promises& promised, std::size_t width,
                bool unicode) {
    const auto total = frame.get(0, HostMetric::memory_total);
    const auto available = frame.get(0, HostMetric::memory_available);
    std::optional<double> used;
    if (total && available && *total != 0)
        used = 100 - static_cast<double>(*available) / static_cast<double>(*total) * 100;
    lines.push_back(meter("Mem", used, std::min<std::size_t>(width, 60), unicode));
    lines.push_back(
        {clip(fmt::format("Memory: {} in all, {} available; guests hold {} (RSS), were given {}, may have {}",
                          bytes_text(total), bytes_text(available), human_bytes(promised.resident),
                          human_bytes(promised.memory), human_bytes(promised.most)),
              width)});
    lines.push_back({clip(swap_text(frame), width)});
}

void add_promises(std::vector<Line>& lines, const Frame& frame, const Promises& promised, std::size_t width) {
    const auto cpus = frame.get(0, HostMetric::cpus);
    const auto total = frame.get(0, HostMetric::memory_total);
    lines.push_back(
        {clip(fmt::format("Over-commitment: {} vCPUs on {} CPUs: {}; memory given {}, at most {} of what there is",
                          promised.vcpus, cpus ? std::to_string(*cpus) : "-", ratio_text(promised.vcpus, cpus),
                          ratio_text(promised.memory, total), ratio_text(promised.most, total)),
              width)});
}

// Side by side as many as fit.
void add_cpus(std::vector<Line>& lines, const FramePair& pair, std::size_t width, bool unicode) {
    constexpr std::size_t least = 26;
    const auto loads = cpu_loads(pair);
    const std::size_t beside = std::clamp<std::size_t>(width / least, 1, 4);
    const std::size_t each = std::clamp<std::size_t>(width / beside, 1, 60);
    const std::size_t rows = (loads.size() + beside - 1) / beside;
    for (std::size_t row = 0; row < rows; ++row) {
        Line line;
        for (std::size_t column = 0; column < beside; ++column) {
            const std::size_t cpu = column * rows + row;
            if (cpu >= loads.size()) break;
            const Line one = meter(loads[cpu].name, loads[cpu].busy, each - 1, unicode);
            line.text = fit(line.text, column * each) + one.text;
            for (Span span : one.spans) {
                span.column += column * each;
                line.spans.push_back(span);
            }
        }
        line.text = clip(line.text, width);
        lines.push_back(std::move(line));
    }
}

}  // namespace

Line meter(std::string_view label, std::optional<double> percent, std::size_t width, bool unicode) {
    constexpr std::size_t around = 13;  // label, brackets, number
    const std::size_t room = width > around ? width - around : 0;
    const double share = std::clamp(percent.value_or(0), 0.0, 100.0);
    const auto full = static_cast<std::size_t>(std::lround(share / 100 * static_cast<double>(room)));
    std::string bar;
    for (std::size_t i = 0; i < full; ++i) bar += unicode ? "█" : "|";
    bar.append(room - full, ' ');
    Line line{clip(fmt::format("{:>4} [{}] {}%", printable(label, 8), bar, percent_cell(percent)), width)};
    const Style style = style_of_share(percent, 80, 95);
    if (full > 0) line.spans.push_back({6, full, style == Style::plain ? Style::good : style});
    return line;
}

std::vector<Line> host_panel(const Picture& picture, std::size_t width, bool unicode) {
    using enum HostMetric;
    const FramePair& pair = picture.pair;
    const Frame& frame = picture.frame();
    const Promises promised = promises_of(frame);
    std::vector<Line> lines;
    lines.push_back({clip(fmt::format("Host {}  {}  kernel {}", printable(frame.roster->host.name),
                                      printable(frame.roster->host.hypervisor), printable(frame.roster->host.kernel)),
                          width),
                     Style::heading});
    const std::string own = percent_cell(own_share(pair));
    lines.push_back(
        {clip(fmt::format("CPU %: guests {}  host itself {}  steal {}  iowait {}  load {}",
                          percent_cell(host_share(pair, {cpu_guest})), own, percent_cell(host_share(pair, {cpu_steal})),
                          percent_cell(host_share(pair, {cpu_iowait})), load_text(frame)),
              width)});
    add_pressure(lines, pair, width);
    add_promises(lines, frame, promised, width);
    add_memory(lines, frame, promised, width, unicode);
    lines.emplace_back();
    add_cpus(lines, pair, width, unicode);
    return lines;
}

}  // namespace virtscope::top

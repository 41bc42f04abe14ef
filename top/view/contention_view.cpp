#include "top/view/contention_view.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "core/text.h"
#include "top/view/cells.h"
#include "top/view/cpu_load.h"
#include "top/view/list/shared_columns.h"

namespace virtscope::top {
namespace {

constexpr std::size_t most_causes = 5;  // below each guest

struct Cause {
    std::string who;
    double share = 0;  // percent of the CPUs that the guest waited on
};

std::string cpus_text(const std::vector<CpuLoad>& loads, const std::vector<std::size_t>& cpus) {
    std::string text;
    for (const std::size_t cpu : cpus) text += (text.empty() ? "" : ",") + loads[cpu].name;
    return text.empty() ? "-" : text;
}

// Shares of all CPUs that it waited on, taken together.
std::vector<Cause> causes_of(const Picture& picture, const std::vector<CpuLoad>& loads, const Waiting& waiting) {
    std::map<std::size_t, double> guests;
    double host = 0;
    double steal = 0;
    for (const std::size_t cpu : waiting.cpus) {
        host += loads[cpu].host.value_or(0);
        steal += loads[cpu].steal.value_or(0);
        for (const GuestOnCpu& guest : loads[cpu].guests) guests[guest.guest] += guest.run;
    }
    const auto count = static_cast<double>(std::max<std::size_t>(waiting.cpus.size(), 1));
    std::vector<Cause> causes;
    for (const auto& [guest, run] : guests) {
        std::string name = printable(picture.frame().roster->guests[guest].name);
        if (guest == waiting.guest) name += " (itself)";
        causes.push_back({std::move(name), run / count});
    }
    if (host > 0) causes.push_back({"the host's own work", host / count});
    if (steal > 0) causes.push_back({"the hypervisor under this host", steal / count});
    std::ranges::sort(
        causes, [](const Cause& a, const Cause& b) { return a.share != b.share ? a.share > b.share : a.who < b.who; });
    return causes;
}

void add_guest(std::vector<Line>& lines, const Picture& picture, const std::vector<CpuLoad>& loads,
               const Waiting& waiting, std::size_t width) {
    const RosterGuest& guest = picture.frame().roster->guests[waiting.guest];
    Line head{clip(fmt::format("{}  {:6.1f}  {:<12} {}", percent_cell(waiting.wait), waiting.milliseconds,
                               fit(cpus_text(loads, waiting.cpus), 12), printable(guest.name)),
                   width)};
    const Style style = style_of_share(waiting.wait, 5, 20);
    if (style != Style::plain) head.spans.push_back({0, std::min<std::size_t>(4, width), style});
    lines.push_back(std::move(head));
    const auto causes = causes_of(picture, loads, waiting);
    for (std::size_t i = 0; i < std::min(causes.size(), most_causes); ++i) {
        lines.push_back(
            {clip(fmt::format("{:20}{} {}", "", percent_cell(causes[i].share), causes[i].who), width), Style::dim});
    }
}

}  // namespace

std::vector<Line> contention_lines(const Picture& picture, std::size_t width) {
    std::vector<Line> lines;
    lines.push_back({clip("%STL    ms/s  CPUS         WHO WAITED, and below who ran on these CPUs (% of them)", width),
                     Style::heading});
    const auto loads = cpu_loads(picture.pair);
    const auto waiting = waiting_guests(picture.pair, loads);
    for (const Waiting& one : waiting) add_guest(lines, picture, loads, one, width);
    if (waiting.empty()) {
        const char* const text = picture.has_rates ? "no guest waited for a CPU, as far as is known" : "not known yet";
        lines.push_back({clip(text, width), Style::good});
    }
    return lines;
}

}  // namespace virtscope::top

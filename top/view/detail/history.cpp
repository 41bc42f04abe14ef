// What a guest did: graphs of the last minutes, and events.
#include <algorithm>
#include <array>
#include <ranges>

#include <fmt/format.h>

#include "core/time_text.h"
#include "top/view/detail/sections.h"
#include "top/view/event_style.h"
#include "top/view/graph.h"
#include "top/view/line_builder.h"

namespace virtscope::top {
namespace {

constexpr std::size_t gap = 2;
constexpr std::size_t least_pair = 62;  // columns for two graphs side by side

struct Graph {
    Figure figure;
    std::string_view title;
    Measure unit;
};
constexpr std::array<Graph, 2 * graph_pairs> graphs{{{Figure::cpu, "CPU", Measure::percent},
                                                     {Figure::steal, "steal", Measure::percent},
                                                     {Figure::read_bytes, "disk read", Measure::bytes_a_second},
                                                     {Figure::write_bytes, "disk write", Measure::bytes_a_second},
                                                     {Figure::read_latency, "read latency", Measure::seconds},
                                                     {Figure::write_latency, "write latency", Measure::seconds},
                                                     {Figure::rx_bytes, "net in", Measure::bytes_a_second},
                                                     {Figure::tx_bytes, "net out", Measure::bytes_a_second},
                                                     {Figure::memory_used, "memory used inside", Measure::bytes},
                                                     {Figure::memory_resident, "memory resident", Measure::bytes},
                                                     {Figure::read_ops, "reads", Measure::a_second},
                                                     {Figure::write_ops, "writes", Measure::a_second}}};

bool is_known(const Curve& curve) {
    return std::ranges::any_of(curve.values, [](const auto& value) { return value.has_value(); });
}

void divide(std::optional<double>& value, double by) {
    if (value) *value /= by;
}

Curve scaled(Curve curve, double cpus) {
    for (auto& value : curve.values) divide(value, cpus);
    divide(curve.highest, cpus);
    divide(curve.newest, cpus);
    return curve;
}

Lines graph_of(const DetailData& data, const Graph& what, Size size, bool unicode) {
    const Curve& curve = data.curves.of(what.figure);
    Subtitle about{.title = std::string(what.title), .unit = what.unit, .busy = {}, .critical = {}};
    if (what.unit != Measure::percent) return graph(curve, about, size, unicode);
    about.title += fmt::format(" {}", data.cpu.of);
    if (what.figure == Figure::steal) {
        about.busy = 5;
        about.critical = 20;
    }
    return graph(scaled(curve, data.cpu.cpus), about, size, unicode);
}

void put_beside(Lines& left, const Lines& right, std::size_t column, std::size_t width) {
    left.resize(std::max(left.size(), right.size()));
    for (std::size_t i = 0; i < right.size(); ++i) {
        LineBuilder line;
        left[i] = line.add(left[i]).pad_to(column).add(right[i]).take(width);
    }
}

std::string event_text(const EventAt& happened) {
    std::string text(event_name(happened.event.kind));
    if (!happened.event.text.empty()) text += ' ' + happened.event.text;
    return text;
}

}  // namespace

std::size_t graph_columns(std::size_t width) {
    const std::size_t one = width >= least_pair ? (width - gap) / 2 : width;
    return one > axis_width ? one - axis_width : 1;
}

Lines graphs_section(const DetailData& data, std::size_t width, const GraphPlan& plan) {
    Lines lines{section_title(plan.title, width)};
    if (data.curves.to == 0) {
        if (plan.first != 0) return {};
        lines.push_back({clip("nothing is known of the time before", width), Style::dim});
        return lines;
    }
    const bool pairs = width >= least_pair;
    const std::size_t one = std::min(width, axis_width + graph_columns(width));
    for (std::size_t i = 2 * plan.first; i < 2 * (plan.first + plan.count); i += 2) {
        const bool known = is_known(data.curves.of(graphs[i].figure)) || is_known(data.curves.of(graphs[i + 1].figure));
        if (!known && i != 0) continue;
        Lines left = graph_of(data, graphs[i], {plan.rows, one}, plan.unicode);
        const Lines right = graph_of(data, graphs[i + 1], {plan.rows, one}, plan.unicode);
        if (pairs) {
            put_beside(left, right, one + gap, width);
        } else {
            left.insert(left.end(), right.begin(), right.end());
        }
        lines.insert(lines.end(), left.begin(), left.end());
    }
    if (lines.size() == 1) return {};  // nothing that is known
    Lines axis{span_line(data.curves.from, data.curves.to, one)};
    if (pairs) put_beside(axis, Lines(axis), one + gap, width);
    lines.push_back(std::move(axis.front()));
    return lines;
}

Lines events_section(const DetailData& data, std::size_t width) {
    Lines lines{section_title("Events, the last first", width)};
    if (data.events.empty()) lines.push_back({clip("none that the ring remembers", width), Style::dim});
    for (const EventAt& happened : data.events | std::views::reverse) {
        const Lines text =
            flow({{local_time(happened.realtime), event_text(happened), style_of(happened.event.kind)}}, width);
        lines.insert(lines.end(), text.begin(), text.end());
    }
    return lines;
}

}  // namespace virtscope::top

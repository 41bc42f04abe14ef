#include "exporters/graph/recipe.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "exporters/graph/pen.h"

namespace virtscope::exporters::graph {
namespace {

using Strings = std::vector<std::string>;

constexpr std::size_t most_vcpus = 8;  // shown one by one
// Each as wide as pen.cpp's columns; %s is a letter or a blank.
constexpr std::string_view percent = "%12.1lf %%", gibibytes = "%10.2lf GiB", per_second = "%9.2lf %sB/s",
                           bits = "%7.2lf %sbit/s", milliseconds = "%11.2lf ms";

template <MetricOfScope M>
Quantity quantity(std::string name, M metric, std::string instance = {}) {
    return {std::move(name), {scope_of<M>, static_cast<std::size_t>(metric), std::move(instance)}};
}

bool holds(const Strings& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }

// A curve of one quantity by a factor ("1e7,/"), and its twin of peaks.
Curve scaled(Pen& pen, std::string_view name, const std::string& variable, std::string_view factor,
             std::string_view colour) {
    const std::string made = variable + "_shown";
    pen.define(fmt::format("CDEF:{}={},{}", made, variable, factor));
    pen.define(fmt::format("CDEF:{}_max={}_max,{}", made, variable, factor));
    return {.name = name, .values = made, .shown = made, .peaks = made + "_max", .colour = colour};
}

// Downwards; the figures stay what they are.
Curve mirrored(Pen& pen, Curve curve) {
    pen.define(fmt::format("CDEF:{0}_down={0},-1,*", curve.values));
    curve.values += "_down";
    return curve;
}

// ns a second to % of one CPU.
constexpr std::string_view to_percent = "1e7,/";

// What helper threads take: all of the guest's but its vCPUs.
void draw_helpers(Pen& pen, const Strings& vcpus) {
    for (const std::string_view suffix : {"", "_max"}) {
        std::string text = fmt::format("CDEF:helpers{0}=cpu{0}", suffix);
        for (const std::string& name : vcpus) text += fmt::format(",{},-", name);
        pen.define(text + ",0,MAX");
    }
    Curve helpers = scaled(pen, "emulator and helpers", "helpers", to_percent, colour::grey);
    // The peak of a difference of averages says too much: of its own average is what is known.
    helpers.peaks = helpers.shown;
    helpers.stacked = true;
    pen.draw(helpers);
}

Strings draw_guest_cpu(const Recipe& recipe, const Strings& unknown) {
    // Neighbours differ in lightness, which everybody sees.
    constexpr std::array<std::string_view, 4> shades{colour::blue, colour::sky, "#004C7A", "#A6D5F2"};
    Pen pen{std::string(percent)};
    pen.head();
    Strings vcpus;
    for (std::size_t v = 0; v < recipe.instances.size(); ++v) {
        vcpus.push_back(fmt::format("vcpu{}", v));
        const std::string name = recipe.instances[v].empty() ? "vCPUs" : "vCPU " + recipe.instances[v];
        Curve curve = scaled(pen, name, vcpus.back(), to_percent, shades.at(v % shades.size()));
        curve.stacked = v > 0;
        pen.draw(curve);
    }
    draw_helpers(pen, vcpus);
    if (!holds(unknown, "wait")) {
        Curve steal = scaled(pen, "steal (waited for CPU)", "wait", to_percent, colour::vermillion);
        steal.stacked = true;
        pen.draw(steal);
    }
    Curve all = scaled(pen, "guest, all of it", "cpu", to_percent, colour::black);
    all.style = "LINE1";
    pen.draw(all);
    return pen.take();
}

Recipe guest_cpu(const Strings& vcpus) {
    Recipe recipe{.about = "CPU", .axis = "% of one CPU", .quantities = {}, .draw = draw_guest_cpu, .instances = vcpus};
    if (vcpus.size() > most_vcpus || vcpus.empty()) recipe.instances = {""};
    recipe.quantities = {quantity("cpu", GuestMetric::cpu_time), quantity("wait", GuestMetric::cpu_wait)};
    for (std::size_t v = 0; v < recipe.instances.size(); ++v)
        recipe.quantities.push_back(quantity(fmt::format("vcpu{}", v), VcpuMetric::time, recipe.instances[v]));
    return recipe;
}

struct Share {
    std::string_view name, legend, colour;
};

constexpr std::array<Share, 7> host_shares{{{"guest", "guests", colour::blue},
                                            {"user", "user", colour::green},
                                            {"nice", "nice", "#66C2A5"},
                                            {"system", "system", colour::orange},
                                            {"irq", "interrupts", colour::purple},
                                            {"iowait", "waiting for I/O", colour::grey},
                                            {"steal", "steal", colour::vermillion}}};

Strings draw_host_cpu(const Recipe&, const Strings& unknown) {
    Pen pen{std::string(percent)};
    pen.head();
    bool first = true;
    for (const Share& share : host_shares) {
        if (holds(unknown, share.name)) continue;
        Curve curve = scaled(pen, share.legend, std::string(share.name), to_percent, share.colour);
        curve.stacked = !std::exchange(first, false);
        pen.draw(curve);
    }
    return pen.take();
}

Recipe host_cpu() {
    using enum HostMetric;
    return {.about = "CPU",
            .axis = "% of one CPU",
            .quantities = {quantity("guest", cpu_guest), quantity("user", cpu_user), quantity("nice", cpu_nice),
                           quantity("system", cpu_system), quantity("irq", cpu_irq), quantity("iowait", cpu_iowait),
                           quantity("steal", cpu_steal)},
            .draw = draw_host_cpu,
            .instances = {}};
}

Curve as_is(std::string_view name, const std::string& variable, std::string_view colour, std::string_view style) {
    return {.name = name,
            .values = variable,
            .shown = variable,
            .peaks = variable + "_max",
            .colour = colour,
            .style = style};
}

// Bytes are drawn, for the axis has letters for powers of 1024; figures are in GiB.
Curve in_gibibytes(Pen& pen, Curve curve) {
    constexpr std::string_view scale = "1073741824,/";
    pen.define(fmt::format("CDEF:{0}_gib={0},{1}", curve.shown, scale));
    pen.define(fmt::format("CDEF:{0}_gib_max={1},{2}", curve.shown, curve.peaks, scale));
    curve.peaks = curve.shown + "_gib_max";
    curve.shown += "_gib";
    return curve;
}

Strings draw_memory(const Recipe& recipe, const Strings& unknown) {
    Pen pen{std::string(gibibytes)};
    pen.head();
    const bool host = holds(recipe.instances, "host");
    if (!holds(unknown, "free") && !holds(unknown, "seen")) {
        pen.define("CDEF:used=seen,free,-,0,MAX");
        Curve used = as_is(host ? "used" : "used in the guest", "used", colour::sky, "AREA");
        used.peaks = used.shown;
        pen.draw(in_gibibytes(pen, used));
    }
    const Curve resident =
        as_is(host ? "resident, of guests" : "resident on the host", "resident", colour::vermillion, "LINE2");
    if (!holds(unknown, "resident")) pen.draw(in_gibibytes(pen, resident));
    const Curve given = as_is(host ? "memory of the host" : "given to the guest", "given", colour::black, "LINE1.5");
    if (!holds(unknown, "given")) pen.draw(in_gibibytes(pen, given));
    return pen.take();
}

Recipe memory(bool host) {
    Recipe recipe{
        .about = "memory", .axis = "bytes", .base = 1024, .quantities = {}, .draw = draw_memory, .instances = {}};
    if (host) {
        recipe.instances = {"host"};
        recipe.quantities = {quantity("given", HostMetric::memory_total), quantity("seen", HostMetric::memory_total),
                             quantity("free", HostMetric::memory_available),
                             quantity("resident", GuestMetric::memory_resident)};
        return recipe;
    }
    using enum GuestMetric;
    recipe.quantities = {quantity("given", memory_balloon), quantity("seen", memory_available),
                         quantity("free", memory_usable), quantity("resident", memory_resident)};
    return recipe;
}

Strings draw_block(const Recipe&, const Strings&) {
    Pen pen{std::string(per_second)};
    pen.head();
    pen.draw(as_is("read", "read", colour::blue, "AREA"));
    pen.draw(mirrored(pen, as_is("written", "write", colour::orange, "AREA")));
    pen.define("HRULE:0#333333");
    return pen.take();
}

Recipe block() {
    return {.about = "disks",
            .axis = "bytes/s    written   |   read",
            .from_zero = false,
            .quantities = {quantity("read", DiskMetric::read_bytes), quantity("write", DiskMetric::write_bytes)},
            .draw = draw_block,
            .instances = {}};
}

Strings draw_net(const Recipe&, const Strings&) {
    Pen pen{std::string(bits)};
    pen.head();
    pen.draw(scaled(pen, "received", "rx", "8,*", colour::green));
    pen.draw(mirrored(pen, scaled(pen, "sent", "tx", "8,*", colour::purple)));
    pen.define("HRULE:0#333333");
    return pen.take();
}

Recipe net() {
    return {.about = "network",
            .axis = "bit/s    sent   |   received",
            .from_zero = false,
            .quantities = {quantity("rx", NicMetric::rx_bytes), quantity("tx", NicMetric::tx_bytes)},
            .draw = draw_net,
            .instances = {}};
}

// Time of operations by their number. Without an operation there is no latency, which is not zero.
Curve latency_of(Pen& pen, std::string_view name, const std::string& operation, std::string_view colour) {
    pen.define(fmt::format("CDEF:{0}=_{0}_ops,0.001,GT,{0}_time,_{0}_ops,/,1e6,/,UNKN,IF", operation));
    return {
        .name = name, .values = operation, .shown = operation, .peaks = operation, .colour = colour, .style = "LINE2"};
}

Strings draw_latency(const Recipe&, const Strings& unknown) {
    Pen pen{std::string(milliseconds)};
    pen.head();
    for (const Share& share : {Share{"read", "read", colour::blue}, Share{"write", "write", colour::orange},
                               Share{"flush", "flush", colour::purple}}) {
        const std::string operation(share.name);
        if (holds(unknown, operation + "_ops") || holds(unknown, operation + "_time")) continue;
        // A step without an operation divides by nothing.
        pen.define(fmt::format("CDEF:_{0}_ops={0}_ops,0,ADDNAN", operation));
        pen.draw(latency_of(pen, share.legend, operation, share.colour));
    }
    return pen.take();
}

Recipe latency() {
    using enum DiskMetric;
    return {.about = "disk latency",
            .axis = "ms an operation",
            .quantities = {quantity("read_ops", read_ops), quantity("read_time", read_time),
                           quantity("write_ops", write_ops), quantity("write_time", write_time),
                           quantity("flush_ops", flush_ops), quantity("flush_time", flush_time)},
            .draw = draw_latency,
            .instances = {}};
}

}  // namespace

std::optional<Kind> kind_by_name(std::string_view name) {
    constexpr std::array<std::string_view, 5> names{"cpu", "memory", "block", "net", "latency"};
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) return std::nullopt;
    return static_cast<Kind>(found - names.begin());
}

Recipe recipe_of(Kind kind, bool host, const std::vector<std::string>& vcpus) {
    switch (kind) {
        case Kind::cpu: return host ? host_cpu() : guest_cpu(vcpus);
        case Kind::memory: return memory(host);
        case Kind::block: return block();
        case Kind::net: return net();
        case Kind::latency: return latency();
    }
    return {};
}

}  // namespace virtscope::exporters::graph

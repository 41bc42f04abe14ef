#include "exporters/rrd/archive.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace virtscope::exporters::rrd {
namespace {

using Seconds = std::int64_t;

// As collectd's utils/rrdcreate computes them, so that files of both are alike.
std::vector<std::string> as_collectd(Seconds step) {
    constexpr Seconds rows = 1200;
    std::vector<std::string> made;
    bool first = true;
    for (const Seconds wanted : {3600, 86400, 604800, 2678400, 31622400}) {
        const Seconds span = std::max(wanted, step * rows);
        const Seconds steps = first ? 1 : span / (rows * step);
        first = false;
        const Seconds count = (span + steps * step - 1) / (steps * step);
        for (const char* const function : {"AVERAGE", "MIN", "MAX"})
            made.push_back(fmt::format("RRA:{}:0.1:{}:{}", function, steps, count));
    }
    return made;
}

struct Span {
    Seconds row, whole;
};

std::vector<std::string> compact(Seconds wanted) {
    const Seconds step = wanted > 0 ? wanted : 1;
    constexpr std::array<Span, 4> spans{{{0, 7200}, {60, 86400}, {600, 864000}, {21600, 31536000}}};
    std::vector<std::string> made;
    Seconds before = 0;
    for (const auto [row, whole] : spans) {
        const Seconds steps = std::max<Seconds>(1, row / step);
        const Seconds rows = whole / std::max<Seconds>(1, steps * step);
        if (steps == before) made.resize(made.size() - 2);  // the longer one of the same rows has it all
        before = steps;
        for (const char* const function : {"AVERAGE", "MAX"})
            made.push_back(
                fmt::format("RRA:{}:0.5:{}:{}", function, steps, std::max<Seconds>(1, rows)));
    }
    return made;
}

}  // namespace

std::vector<std::string> archive_definitions(Archives archives, std::chrono::seconds step) {
    return archives == Archives::collectd ? as_collectd(step.count()) : compact(step.count());
}

}  // namespace virtscope::exporters::rrd

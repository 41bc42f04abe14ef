#include "plugins/terms/measure.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "core/text.h"
#include "plugins/terms/number.h"

namespace virtscope::checks {
namespace {

constexpr double most_bytes = 1e18;
constexpr double most_seconds = 9e9;

std::string bytes(double value) {
    return human_bytes(static_cast<std::uint64_t>(std::clamp(value, 0.0, most_bytes)));
}

// human_duration() knows milliseconds; a disk's latency may be less.
std::string seconds(double value) {
    if (value == 0) return "0 s";
    if (std::abs(value) < 1e-3) return fmt::format("{:.0f} us", value * 1e6);
    if (std::abs(value) < 0.1) return fmt::format("{:.1f} ms", value * 1e3);
    return human_duration(static_cast<std::int64_t>(std::clamp(value, -most_seconds, most_seconds) * 1e9));
}

struct Scale {
    std::string_view name;
    double factor;
};
constexpr std::array<Scale, 6> scales_of_time{{{"d", 86400}, {"h", 3600}, {"min", 60}, {"s", 1}, {"ms", 1e-3}, {"us", 1e-6}}};
constexpr std::array<Scale, 9> scales_of_bytes{{{"TiB", 1099511627776}, {"TB", 1e12}, {"GiB", 1073741824}, {"GB", 1e9},
                                                {"MiB", 1048576}, {"MB", 1e6}, {"KiB", 1024}, {"KB", 1e3}, {"B", 1}}};

// In the largest unit of which it is a whole number, else in the last one.
std::string scaled(double value, std::span<const Scale> scales) {
    for (const Scale& scale : scales) {
        const double count = value / scale.factor;
        const double whole = std::round(count);
        const bool fits = std::abs(whole) >= 1 && std::abs(count - whole) < 1e-9 * std::abs(whole);
        if (fits) return fmt::format("{:.0f} {}", whole, scale.name);
    }
    return fmt::format("{} {}", perf_number(value / scales.back().factor), scales.back().name);
}

std::string bound(const Measure& measure, double value) {
    std::string text = perf_number(value);
    if (value == 0) {
        if (!measure.unit.empty()) text += fmt::format(" {}", measure.unit);
    } else if (measure.unit == "B") {
        text = scaled(value, scales_of_bytes);
    } else if (measure.unit == "s") {
        text = scaled(value, scales_of_time);
    } else if (measure.unit == "%") {
        text += " %";
    }
    return measure.per_second ? text + "/s" : text;
}

std::string plain(double value) {
    return perf_number(std::abs(value) < 100 ? std::round(value * 100) / 100 : std::round(value));
}

}  // namespace

std::string human(const Measure& measure, double value) {
    std::string text;
    if (measure.unit == "B") {
        text = bytes(value);
    } else if (measure.unit == "s") {
        text = seconds(value);
    } else if (measure.unit == "%") {
        text = fmt::format("{:.1f} %", value);
    } else {
        text = plain(value);
    }
    return measure.per_second ? text + "/s" : text;
}

std::string human(const Measure& measure, const Range& range) {
    const bool two = range.text.find(':') != std::string::npos;
    std::string text = range.inside ? "@" : "";
    if (std::isinf(range.start)) text += '~';
    else if (range.start != 0 || (two && range.text.substr(range.inside ? 1 : 0).front() != ':')) text += bound(measure, range.start);
    if (two) text += ':';
    return std::isinf(range.end) ? text : text + bound(measure, range.end);
}

std::string human(const Measure& measure, const Thresholds& thresholds) {
    const auto shown = [&](const std::optional<Range>& range) { return range ? human(measure, *range) : std::string("none"); };
    return fmt::format("-w {}, -c {}", shown(thresholds.warning), shown(thresholds.critical));
}

}  // namespace virtscope::checks

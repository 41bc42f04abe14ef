#include "plugins/terms/measure.h"

#include <algorithm>
#include <cmath>

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

}  // namespace virtscope::checks

#include "top/view/units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace virtscope::top {
namespace {

bool known(std::optional<double> value) { return value && std::isfinite(*value); }

// At most four characters: two digits behind the point below 1, one below 10, none above.
std::string digits(double value) {
    if (value == 0) return "0";
    if (value < 0.995) return fmt::format("{:.2f}", value);
    if (value < 9.95) return fmt::format("{:.1f}", value);
    return fmt::format("{:.0f}", value);
}

struct Scaled {
    double value;
    std::size_t unit;  // how many times it was divided
};

Scaled scale(double value, double by, std::size_t most) {
    Scaled scaled{std::max(0.0, value), 0};
    while (scaled.value >= by * 0.9995 && scaled.unit < most) {
        scaled.value /= by;
        ++scaled.unit;
    }
    return scaled;
}

std::string with_prefix(double value, double by, std::string_view prefixes) {
    const Scaled scaled = scale(value, by, prefixes.size());
    const std::string number =
        scaled.unit == 0 && by == 1024 ? fmt::format("{:.0f}", scaled.value) : digits(scaled.value);
    return scaled.unit == 0 ? number : number + prefixes[scaled.unit - 1];
}

constexpr std::array<std::string_view, 7> byte_units{"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};

std::string bytes_text(double bytes) {
    const Scaled scaled = scale(bytes, 1024, byte_units.size() - 1);
    const std::string number = scaled.unit == 0 ? fmt::format("{:.0f}", scaled.value) : digits(scaled.value);
    return fmt::format("{} {}", number, byte_units[scaled.unit]);
}

// 1, 2 or 5 times a power of ten.
double round_above(double value) {
    const double power = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0}) {
        if (value <= step * power * 1.0001) return step * power;
    }
    return 10 * power;
}

}  // namespace

std::string with_unit(std::optional<double> value, Measure unit) {
    if (!known(value)) return "-";
    switch (unit) {
        case Measure::percent: return brief_percent(value) + "%";
        case Measure::bytes: return bytes_text(*value);
        case Measure::bytes_a_second: return bytes_text(*value) + "/s";
        case Measure::a_second: return brief_count(value) + "/s";
        case Measure::seconds: break;
    }
    return brief_ms(value) + " ms";
}

std::string brief_bytes(std::optional<double> bytes) {
    return known(bytes) ? with_prefix(*bytes, 1024, "KMGTPE") : "-";
}

std::string brief_count(std::optional<double> count) {
    return known(count) ? with_prefix(*count, 1000, "kMGTPE") : "-";
}

std::string brief_ms(std::optional<double> seconds) {
    return known(seconds) ? digits(std::max(0.0, *seconds) * 1000) : "-";
}

std::string brief_percent(std::optional<double> percent) {
    if (!known(percent)) return "-";
    return *percent < 99.95 ? fmt::format("{:.1f}", std::max(0.0, *percent)) : fmt::format("{:.0f}", *percent);
}

double round_above(double value, Measure unit) {
    if (!std::isfinite(value) || value <= 0)
        return unit == Measure::seconds ? 0.001 : unit == Measure::percent ? 10 : 1;
    if (unit == Measure::percent) return std::max(10.0, round_above(value));
    if (unit == Measure::seconds) return std::max(0.0001, round_above(value));
    if (unit == Measure::a_second) return std::max(1.0, round_above(value));
    const Scaled scaled = scale(value, 1024, byte_units.size() - 1);
    const double top = scaled.value <= 1 ? 1 : scaled.value > 500 ? 1024 : round_above(scaled.value);
    return top * std::pow(1024, static_cast<double>(scaled.unit));
}

}  // namespace virtscope::top

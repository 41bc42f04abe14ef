#include "top/view/cells.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace virtscope::top {

std::string percent_cell(std::optional<double> percent) {
    if (!percent || !std::isfinite(*percent)) return "   -";
    const double tenths = std::round(*percent * 10);
    if (tenths <= 0) return " 0.0";
    if (tenths < 1000) return fmt::format("{:4.1f}", tenths / 10);
    if (tenths < 1005) return "100 ";
    return tenths < 99'995 ? fmt::format("{:4.0f}", tenths / 10) : ">!!!";
}

std::string count_cell(std::optional<double> count) {
    if (!count || !std::isfinite(*count)) return "   -";
    double value = std::round(*count);
    if (value <= 9999) return fmt::format("{:4.0f}", std::fabs(value));
    for (const char unit : {'K', 'M', 'G'}) {
        // 1000 K is nearer to 1 M than to nothing.
        value = std::max(1.0, std::floor(value / 1024));
        if (value <= 999) return fmt::format("{:3.0f}{}", value, unit);
    }
    return ">!!!";
}

std::string milliseconds_cell(std::optional<double> milliseconds) {
    if (!milliseconds || !std::isfinite(*milliseconds)) return "   -";
    const double value = std::max(0.0, *milliseconds);
    if (value < 0.995) return fmt::format("{:4.2f}", value);
    if (value < 99.95) return fmt::format("{:4.1f}", value);
    if (value < 9999.5) return fmt::format("{:4.0f}", value);
    return value < 999'500 ? fmt::format("{:3.0f}s", value / 1000) : ">!!!";
}

std::string time_cell(std::optional<std::uint64_t> nanoseconds) {
    if (!nanoseconds) return "        -";
    const std::uint64_t hundredths = *nanoseconds / 10'000'000;
    const std::uint64_t seconds = hundredths / 100;
    const std::uint64_t minutes = seconds / 60;
    const std::uint64_t hours = minutes / 60;
    if (hours < 12) return fmt::format("{:3}:{:02}.{:02}", minutes, seconds % 60, hundredths % 100);
    if (hours <= 999) return fmt::format("{:3}:{:02}:{:02}", hours, minutes % 60, seconds % 60);
    const std::uint64_t days = hours / 24;
    if (days <= 999) return fmt::format("{:3}d{:02}:{:02}", days, hours % 24, minutes % 60);
    return fmt::format("{:8}d", days);
}

std::string age_cell(std::optional<std::chrono::nanoseconds> age) {
    if (!age) return "   -";
    const double seconds = std::max(0.0, std::chrono::duration<double>(*age).count());
    // Cut, not rounded: an age of 9.99 s is not 10 s yet.
    if (seconds < 10) return fmt::format("{:4.1f}", std::floor(seconds * 10) / 10);
    if (seconds < 10'000) return fmt::format("{:4.0f}", std::floor(seconds));
    if (seconds < 60'000) return fmt::format("{:3.0f}m", std::floor(seconds / 60));
    if (seconds < 3'600'000) return fmt::format("{:3.0f}h", std::floor(seconds / 3600));
    return fmt::format("{:3.0f}d", std::min(999.0, std::floor(seconds / 86'400)));
}

}  // namespace virtscope::top

#include "core/quantity.h"

#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <system_error>

#include "core/text.h"

namespace virtscope {
namespace {

struct UnitFactor {
    std::string_view name;
    double factor;
};

constexpr std::array<UnitFactor, 6> duration_units{
    {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}, {"h", 3600e9}}};
constexpr std::array<UnitFactor, 9> size_units{{{"B", 1},
                                                {"KiB", 1024},
                                                {"MiB", 1024.0 * 1024},
                                                {"GiB", 1024.0 * 1024 * 1024},
                                                {"TiB", 1024.0 * 1024 * 1024 * 1024},
                                                {"KB", 1e3},
                                                {"MB", 1e6},
                                                {"GB", 1e9},
                                                {"TB", 1e12}}};

// A non-negative decimal number followed by one of the units, at most 2^63 in all.
template <std::size_t N>
std::optional<double> scaled(std::string_view text, const std::array<UnitFactor, N>& units) {
    double number = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (parsed.ec != std::errc{} || !std::isfinite(number) || std::signbit(number)) return std::nullopt;
    std::string_view unit = text.substr(static_cast<std::size_t>(parsed.ptr - text.data()));
    while (unit.starts_with(' ')) unit.remove_prefix(1);
    for (const UnitFactor& known : units) {
        if (unit == known.name && number * known.factor < 9.2e18) return number * known.factor;
    }
    return std::nullopt;
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
    const auto value = scaled(text, duration_units);
    if (value) return std::chrono::nanoseconds(std::llround(*value));
    return fail(ErrorKind::malformed, "'{}' is no duration: write a number and a unit (ms, s, min, h), as in 250ms or 1.5s",
                printable(text, 64));
}

Result<std::uint64_t> parse_size(std::string_view text) {
    const auto value = scaled(text, size_units);
    if (value) return static_cast<std::uint64_t>(std::llround(*value));
    return fail(ErrorKind::malformed, "'{}' is no size: write a number and a unit (KiB, MiB, GiB), as in 64MiB",
                printable(text, 64));
}

}  // namespace virtscope

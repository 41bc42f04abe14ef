#include "drivers/xen/store_values.h"

#include <algorithm>
#include <charconv>
#include <limits>

#include "drivers/xen/store.h"

namespace virtscope::xen {

std::string text_of(std::string_view value) {
    return std::string(value.substr(0, std::min({value.find('\0'), value.size(), max_value})));
}

std::optional<std::uint64_t> number_of(std::string_view value) {
    std::uint64_t number = 0;
    const auto parsed = std::from_chars(value.data(), value.data() + value.size(), number);
    if (parsed.ec != std::errc{} || parsed.ptr != value.data() + value.size()) return std::nullopt;
    return number;
}

std::optional<std::uint64_t> product_of(std::optional<std::uint64_t> count, std::uint64_t unit) {
    std::uint64_t product = 0;
    if (!count || __builtin_mul_overflow(*count, unit, &product)) return std::nullopt;
    return product;
}

std::int64_t start_time_of(std::string_view value) {
    constexpr std::uint64_t billion = 1'000'000'000;
    const std::size_t point = std::min(value.find('.'), value.size());
    const auto seconds = number_of(value.substr(0, point));
    std::uint64_t fraction = 0;
    std::uint64_t weight = billion;
    for (const char digit : value.substr(std::min(point + 1, value.size()))) {
        if (digit < '0' || digit > '9') return 0;
        weight /= 10;
        fraction += weight * static_cast<std::uint64_t>(digit - '0');
    }
    constexpr auto latest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / billion - 1;
    if (!seconds || *seconds > latest) return 0;
    return static_cast<std::int64_t>(*seconds * billion + fraction);
}

std::string source_of(Kind kind, std::string_view params) {
    if (kind == Kind::qdisk) {
        const std::size_t colon = params.find(':');
        if (colon < params.find('/')) params.remove_prefix(colon + 1);
    }
    return text_of(params);
}

std::optional<std::uint64_t> capacity_of(Kind kind, std::string_view sectors, std::optional<std::string_view> sector_size) {
    constexpr std::uint64_t usual = 512;
    const auto size = sector_size ? number_of(*sector_size) : usual;
    if (!size || *size == 0) return std::nullopt;
    return product_of(number_of(sectors), kind == Kind::vbd ? usual : *size);
}

}  // namespace virtscope::xen

#include "exporters/prometheus/negotiation.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>

namespace virtscope::exporters {
namespace {

constexpr std::size_t longest_header = 4096;

std::string_view trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t");
    if (from == std::string_view::npos) return {};
    return text.substr(from, text.find_last_not_of(" \t") - from + 1);
}

// The part before `separator`, which is taken off with it.
std::string_view next_part(std::string_view& rest, char separator) {
    const std::size_t end = std::min(rest.find(separator), rest.size());
    const std::string_view part = trimmed(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

bool is_same(std::string_view a, std::string_view b) {
    const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
    return std::ranges::equal(a, b, {}, lower, lower);
}

// "text/plain;version=0.0.4;q=0.5"
struct Range {
    std::string_view name;
    std::string_view version;
    double quality = 1;
};

Range parse_range(std::string_view text) {
    Range range;
    range.name = next_part(text, ';');
    while (!text.empty()) {
        std::string_view parameter = next_part(text, ';');
        const std::string_view key = next_part(parameter, '=');
        const std::string_view value = trimmed(parameter);
        if (is_same(key, "version")) range.version = value;
        if (!is_same(key, "q")) continue;
        double quality = 0;
        const auto parsed = std::from_chars(value.data(), value.data() + value.size(), quality);
        range.quality = parsed.ec == std::errc{} && std::isfinite(quality) ? std::clamp(quality, 0.0, 1.0) : 0;
    }
    return range;
}

// The best quality of what `is_meant` accepts; none: nothing of it is there.
template <class Meant>
std::optional<double> quality_of(std::string_view header, Meant is_meant) {
    std::optional<double> best;
    header = header.substr(0, longest_header);
    while (!header.empty()) {
        const Range range = parse_range(next_part(header, ','));
        if (is_meant(range)) best = std::max(best.value_or(0), range.quality);
    }
    return best;
}

}  // namespace

Format wanted_format(std::string_view accept) {
    const auto openmetrics = quality_of(accept, [](const Range& range) {
        return is_same(range.name, "application/openmetrics-text") &&
               (range.version.empty() || range.version == "1.0.0");
    });
    const auto classic = quality_of(accept, [](const Range& range) {
        return is_same(range.name, "text/plain") && (range.version.empty() || range.version == "0.0.4");
    });
    return openmetrics.value_or(0) > 0 && *openmetrics >= classic.value_or(0) ? Format::openmetrics : Format::classic;
}

bool takes_gzip(std::string_view accept_encoding) {
    const auto named = quality_of(accept_encoding, [](const Range& range) {
        return is_same(range.name, "gzip") || is_same(range.name, "x-gzip");
    });
    const auto any = quality_of(accept_encoding, [](const Range& range) { return range.name == "*"; });
    return named.value_or(any.value_or(0)) > 0;
}

}  // namespace virtscope::exporters

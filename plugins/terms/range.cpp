#include "plugins/terms/range.h"

#include <array>
#include <charconv>
#include <cmath>

#include "core/text.h"
#include "plugins/terms/number.h"

namespace virtscope::checks {
namespace {

constexpr std::string_view form = "want [@]start:end, as in 10, 10:, ~:10, 10:20 or @10:20";

struct Suffix {
    std::string_view unit, text;
    double factor;
};

constexpr std::array<Suffix, 16> suffixes{{
    {"%", "%", 1},
    {"s", "s", 1},      {"s", "ms", 1e-3},   {"s", "us", 1e-6},  {"s", "min", 60},
    {"s", "h", 3600},   {"s", "d", 86400},   {"B", "B", 1},      {"B", "KB", 1e3},
    {"B", "MB", 1e6},   {"B", "GB", 1e9},    {"B", "TB", 1e12},  {"B", "KiB", 1024},
    {"B", "MiB", 1048576}, {"B", "GiB", 1073741824}, {"B", "TiB", 1099511627776},
}};

std::optional<double> factor_of(std::string_view suffix, std::string_view unit) {
    for (const Suffix& each : suffixes) {
        if (each.unit == unit && each.text == suffix) return each.factor;
    }
    return std::nullopt;
}

std::optional<double> parse_plain(std::string_view text) {
    double value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

struct Number {
    double value = 0;
    std::string text;
};

// from_chars alone would take "inf" and "nan".
std::optional<Number> parse_number(std::string_view text, std::string_view unit) {
    const std::size_t end = std::min(text.find_first_not_of("0123456789.-"), text.size());
    const auto plain = parse_plain(text.substr(0, end));
    if (!plain) return std::nullopt;
    if (end == text.size()) return Number{*plain, std::string(text)};
    const auto factor = factor_of(text.substr(end), unit);
    if (!factor || !std::isfinite(*plain * *factor)) return std::nullopt;
    return Number{*plain * *factor, perf_number(*plain * *factor)};
}

std::string_view units_of(std::string_view unit) {
    if (unit == "s") return "; units: us, ms, s, min, h, d";
    if (unit == "B") return "; units: B, KB, MB, GB, TB, KiB, MiB, GiB, TiB";
    return unit == "%" ? "; unit: %" : "; without a unit";
}

std::unexpected<Error> refuse(std::string_view text, std::string_view unit) {
    return fail(ErrorKind::malformed, "'{}' is no range: {}{}", printable(text, 40), form, units_of(unit));
}

}  // namespace

bool Range::alerts(double value) const {
    const bool within = value >= start && value <= end;
    return within == inside;
}

Result<Range> parse_range(std::string_view text, std::string_view unit) {
    Range range;
    std::string_view rest = text;
    if (rest.starts_with('@')) {
        range.inside = true;
        range.text = '@';
        rest.remove_prefix(1);
    }
    const std::size_t colon = rest.find(':');
    const bool two = colon != std::string_view::npos;
    const std::string_view first = two ? rest.substr(0, colon) : "";
    const std::string_view last = two ? rest.substr(colon + 1) : rest;
    if (first.empty() && last.empty()) return refuse(text, unit);
    if (first == "~") {
        range.start = -std::numeric_limits<double>::infinity();
        range.text += '~';
    } else if (!first.empty()) {
        const auto number = parse_number(first, unit);
        if (!number) return refuse(text, unit);
        range.start = number->value;
        range.text += number->text;
    }
    if (two) range.text += ':';
    if (!last.empty()) {
        const auto number = parse_number(last, unit);
        if (!number) return refuse(text, unit);
        range.end = number->value;
        range.text += number->text;
    }
    if (range.start > range.end) return refuse(text, unit);
    return range;
}

Status Thresholds::judge(std::optional<double> value) const {
    if (!value || !std::isfinite(*value)) return Status::unknown;
    if (critical && critical->alerts(*value)) return Status::critical;
    if (warning && warning->alerts(*value)) return Status::warning;
    return Status::ok;
}

std::string Thresholds::text() const {
    return fmt::format("-w {}, -c {}", warning ? warning->text : "none", critical ? critical->text : "none");
}

const Range* Thresholds::crossed(Status status) const {
    if (status == Status::critical && critical) return &*critical;
    return status == Status::warning && warning ? &*warning : nullptr;
}

}  // namespace virtscope::checks

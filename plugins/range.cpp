#include "plugins/range.h"

#include <charconv>
#include <cmath>

#include "core/text.h"

namespace virtscope::checks {
namespace {

constexpr std::string_view form = "want [@]start:end, as in 10, 10:, ~:10, 10:20 or @10:20";

std::optional<double> parse_number(std::string_view text) {
    // from_chars would take "inf" and "nan".
    if (text.find_first_not_of("0123456789.-") != std::string_view::npos) return std::nullopt;
    double value = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
    return value;
}

std::unexpected<Error> refuse(std::string_view text) {
    return fail(ErrorKind::malformed, "'{}' is no range: {}", printable(text, 40), form);
}

}  // namespace

bool Range::alerts(double value) const {
    const bool within = value >= start && value <= end;
    return within == inside;
}

Result<Range> parse_range(std::string_view text) {
    Range range;
    range.text = text;
    std::string_view rest = text;
    if (rest.starts_with('@')) {
        range.inside = true;
        rest.remove_prefix(1);
    }
    const std::size_t colon = rest.find(':');
    const std::string_view first = colon == std::string_view::npos ? "" : rest.substr(0, colon);
    const std::string_view last = colon == std::string_view::npos ? rest : rest.substr(colon + 1);
    if (first.empty() && last.empty()) return refuse(text);
    if (first == "~") {
        range.start = -std::numeric_limits<double>::infinity();
    } else if (!first.empty()) {
        const auto number = parse_number(first);
        if (!number) return refuse(text);
        range.start = *number;
    }
    if (!last.empty()) {
        const auto number = parse_number(last);
        if (!number) return refuse(text);
        range.end = *number;
    }
    if (range.start > range.end) return refuse(text);
    return range;
}

Status Thresholds::judge(std::optional<double> value) const {
    if (!value || !std::isfinite(*value)) return Status::unknown;
    if (critical && critical->alerts(*value)) return Status::critical;
    if (warning && warning->alerts(*value)) return Status::warning;
    return Status::ok;
}

}  // namespace virtscope::checks

#include "plugins/terms/stat.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "core/text.h"

namespace virtscope::checks {
namespace {

double percentile(std::vector<double>& values, double percent) {
    const auto count = static_cast<double>(values.size());
    const auto rank = static_cast<std::size_t>(std::ceil(percent / 100 * count));
    const auto at = values.begin() + static_cast<std::ptrdiff_t>(std::clamp<std::size_t>(rank, 1, values.size()) - 1);
    std::ranges::nth_element(values, at);
    return *at;
}

}  // namespace

double Stat::of(std::vector<double>& values) const {
    switch (kind) {
        case Kind::minimum: return *std::ranges::min_element(values);
        case Kind::maximum: return *std::ranges::max_element(values);
        case Kind::percentile: return percentile(values, percent);
        case Kind::average:
            return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
        case Kind::natural:
        case Kind::last: break;
    }
    return values.back();
}

std::string_view Stat::text() const {
    switch (kind) {
        case Kind::average: return "average";
        case Kind::minimum: return "lowest";
        case Kind::maximum: return "highest";
        case Kind::last: return "newest";
        case Kind::percentile: return "percentile";
        case Kind::natural: break;
    }
    return "";
}

Result<Stat> parse_stat(std::string_view text) {
    if (text == "avg") return Stat{.kind = Stat::Kind::average};
    if (text == "min") return Stat{.kind = Stat::Kind::minimum};
    if (text == "max") return Stat{.kind = Stat::Kind::maximum};
    if (text == "last") return Stat{.kind = Stat::Kind::last};
    unsigned percent = 0;
    const auto parsed = std::from_chars(text.data() + std::min<std::size_t>(1, text.size()), text.data() + text.size(), percent);
    const bool whole = parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
    if (text.starts_with('p') && whole && percent >= 1 && percent <= 100) {
        return Stat{.kind = Stat::Kind::percentile, .percent = static_cast<double>(percent)};
    }
    return fail(ErrorKind::malformed, "--stat {}: want avg, min, max, last or a percentile as in p95", printable(text, 40));
}

}  // namespace virtscope::checks

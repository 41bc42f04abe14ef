#include "core/history/point.h"

#include <algorithm>
#include <cmath>

namespace virtscope {

std::optional<double> Point::average() const {
    if (!known()) return std::nullopt;
    // Rounding must not carry the mean out of what it is a mean of.
    return std::clamp(total / weight, min, max);
}

std::optional<double> Point::percentile(double p) const {
    if (values.empty()) return std::nullopt;
    std::vector<double> sorted = values;
    const double rank = std::ceil(p / 100 * static_cast<double>(sorted.size()));
    const auto at = static_cast<std::size_t>(std::clamp(rank, 1.0, static_cast<double>(sorted.size()))) - 1;
    const auto wanted = sorted.begin() + static_cast<std::ptrdiff_t>(at);
    std::nth_element(sorted.begin(), wanted, sorted.end());
    return *wanted;
}

void Point::add(double value, double for_how_long, bool keep) {
    min = known() ? std::min(min, value) : value;
    max = known() ? std::max(max, value) : value;
    last = value;
    total += value * for_how_long;
    weight += for_how_long;
    ++readings;
    if (keep) values.push_back(value);
}

void Point::merge(const Point& later) {
    if (!later.known()) return;
    min = known() ? std::min(min, later.min) : later.min;
    max = known() ? std::max(max, later.max) : later.max;
    last = later.last;
    total += later.total;
    weight += later.weight;
    readings += later.readings;
    values.insert(values.end(), later.values.begin(), later.values.end());
}

Point summarize(std::span<const Point> points) {
    Point all;
    for (const Point& point : points) all.merge(point);
    return all;
}

}  // namespace virtscope

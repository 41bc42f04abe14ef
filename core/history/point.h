// Point: what is known of one column over a stretch of time.
//
// Made of readings: a gauge's value as it was, or a counter's rate (units a second) since the reading
// before. A point without any is a gap, which is not zero. Points of neighbouring stretches merge into
// the point of both, so that a series at any step, a window of a check and the whole range are one thing.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace virtscope {

struct Point {
    std::uint32_t readings = 0;
    double total = 0;   // sum of value times weight
    double weight = 0;  // ns a rate held for; 1 a reading for gauges
    double min = 0, max = 0;
    double last = 0;
    std::vector<double> values;  // every reading, where they were asked for

    bool known() const { return readings != 0; }
    // The mean over time. Unknown in a gap, as all the others.
    std::optional<double> average() const;
    // The smallest reading that `p` per cent of the readings do not exceed (nearest rank), 0 < p <= 100.
    // Unknown where the readings were not kept.
    std::optional<double> percentile(double p) const;

    void add(double value, double for_how_long, bool keep);
    void merge(const Point& later);
};

// The point of all of them, oldest first.
Point summarize(std::span<const Point> points);

}  // namespace virtscope

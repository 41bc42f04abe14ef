// The columns of `virtscope history`: which metrics, which figure of each step, in which words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/history/column.h"
#include "core/history/point.h"
#include "core/result.h"

namespace virtscope {

// "avg", "min", "max", "last", "p95" (any percentile).
struct Statistic {
    enum class Kind { average, min, max, last, percentile } kind = Kind::average;
    double percent = 0;
};
// Errors: malformed.
Result<Statistic> parse_statistic(const std::string& text);

// From "cpu_time,disk.read_bytes"; of an empty text those that people look at first. Errors: malformed.
Result<std::vector<Column>> parse_columns(const std::string& names, Scope own);

// Null in a gap. States and start times have no average: it is always the last one.
std::optional<double> figure(const Column& column, const Point& point, const Statistic& statistic);

// "12.3%" (of one CPU, for rates of nanoseconds), "1.5 MiB/s", "512 MiB", "running"; "-" in a gap.
std::string human_figure(const Column& column, std::optional<double> value);

// The unit of raw numbers: "ns/s", "bytes/s", "1/s", "bytes", …
std::string unit_name(const Column& column);

}  // namespace virtscope

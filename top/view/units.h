// Units: numbers in graphs and panes, short, with their unit or in a column whose title has it. Absent is "-".
#pragma once

#include <optional>
#include <string>

namespace virtscope::top {

enum class Measure : std::uint8_t { percent, bytes, bytes_a_second, a_second, seconds };

// "12.3%", "1.5 MiB", "1.5 MiB/s", "120/s", "0.42 ms"
std::string with_unit(std::optional<double> value, Measure unit);

// "512", "1.5K", "150M": of 1024.
std::string brief_bytes(std::optional<double> bytes);
// "0.3", "120", "1.5k": of 1000.
std::string brief_count(std::optional<double> count);
// Seconds as milliseconds: "0.42", "4.2", "42".
std::string brief_ms(std::optional<double> seconds);
// "0.0", "12.3", "250"
std::string brief_percent(std::optional<double> percent);

// The next rounder number: what the top of an axis says. Not 0.
double round_above(double value, Measure unit);

}  // namespace virtscope::top

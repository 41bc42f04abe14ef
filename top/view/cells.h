// Cells: one number in the few columns a table gives it, in virt-top's formats. Absent is "-".
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace virtscope::top {

// A percentage in 4 columns: " 0.2", "12.5", "100 ", " 250".
std::string percent_cell(std::optional<double> percent);

// A number in 4 columns: plain up to 9999, then K, M, G of 1024; ">!!!" beyond.
std::string count_cell(std::optional<double> count);

// Milliseconds in 4 columns: "0.04", " 3.1", "  12", then seconds with an s.
std::string milliseconds_cell(std::optional<double> milliseconds);

// CPU time in 9 columns: "mmm:ss.cc" below 12 hours, "hhh:mm:ss" below 1000, then "dddhh:mm" with a "d".
std::string time_cell(std::optional<std::uint64_t> nanoseconds);

// An age in 4 columns: seconds (" 0.3", "  12", "9999"), then with m, h or d.
std::string age_cell(std::optional<std::chrono::nanoseconds> age);

}  // namespace virtscope::top

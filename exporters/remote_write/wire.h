// What goes over the wire of Prometheus remote write 1.0: a WriteRequest of protobuf, packed by snappy's block format.
//
//     message WriteRequest { repeated TimeSeries timeseries = 1; }
//     message TimeSeries   { repeated Label labels = 1; repeated Sample samples = 2; }
//     message Label        { string name = 1; string value = 2; }
//     message Sample       { double value = 1; int64 timestamp = 2; }    timestamp: ms since the epoch
//
// Encoded here and not by libprotobuf: its objects would take a copy of every label of every sample of every frame,
// while labels only change with the roster. Here a series' labels are bytes that were made then, and a sample is a
// few copies and a number.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace virtscope::exporters::remote_write {

// Receivers take this NaN, and no other, for the end of a series.
inline constexpr std::uint64_t stale_marker = 0x7ff0000000000002;

constexpr std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value); }

// A Label as it stands in its TimeSeries.
void append_label(std::string& out, std::string_view name, std::string_view value);

class Request {
public:
    // A TimeSeries with one sample. `labels`: as append_label() made them, in any number of pieces, which together are
    // sorted by name. `bits`: of the double.
    void add(std::span<const std::string_view> labels, std::uint64_t bits, std::int64_t milliseconds);
    // Keeps its memory.
    void clear();

    std::size_t samples() const { return samples_; }
    std::string_view bytes() const { return bytes_; }

private:
    std::string bytes_;
    std::size_t samples_ = 0;
};

// `bytes` packed, in place of what is in `into`.
void pack(std::string_view bytes, std::string& into);

}  // namespace virtscope::exporters::remote_write

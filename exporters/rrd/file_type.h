// FileType: what an RRD file holds: its data sources, in their order, and how each follows from a column of a row.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/catalogue.h"

namespace virtscope::exporters::rrd {

// How readings of a step become the one value of the step.
enum class Merge : std::uint8_t {
    derive,  // a counter: its value at the end of the step; RRD makes the rate of it
    mean,    // a gauge: the mean of the readings in the step
    last,    // a gauge whose mean would mean nothing (a state): the last reading
};

struct Source {
    std::string name;        // 1 to 19 of [a-zA-Z0-9_]
    std::size_t column = 0;  // of the scope's table; no_column: never known
    Merge merge = Merge::derive;
    std::uint64_t divisor = 1;                            // values are cells divided by it
    std::uint64_t (*translate)(std::uint64_t) = nullptr;  // cells of gauges are passed through it first
};
inline constexpr std::size_t no_column = ~std::size_t{0};

struct FileType {
    Scope scope;
    std::string name;  // of the file, without the instance and ".rrd"
    std::vector<Source> sources;
};

// "DS:read:DERIVE:20:0:U". Counters are DERIVE with minimum 0 and no maximum: one that went back is unknown, and a
// vCPU that was read a bit late is not.
std::string definition(const Source& source, std::int64_t heartbeat);

// A type a scope, with all its columns under the catalogue's names and in its units.
std::span<const FileType> native_types();

// What collectd's virt plugin writes, by the names and data sources of collectd's types.db; in type_collectd.cpp with
// the differences.
std::span<const FileType> collectd_types();

}  // namespace virtscope::exporters::rrd

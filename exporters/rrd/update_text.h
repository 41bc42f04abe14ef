// Text of updates: "1700000000:12:U", and its values alone, ":12:U".
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/rrd/file_type.h"

namespace virtscope::exporters::rrd {

// Of an update.
std::int64_t seconds_of(std::string_view update);

// Values in the order of a file's own sources (File::order).
std::string ordered(std::string_view values, const std::vector<std::size_t>& order);

// The same with counters unknown; `order` may be empty: as they are.
std::string without_counters(std::string_view values, const FileType& type, const std::vector<std::size_t>& order);

}  // namespace virtscope::exporters::rrd

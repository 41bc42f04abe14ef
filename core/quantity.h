// Durations and sizes as people write them on a command line or in a configuration file.
#pragma once

#include <chrono>
#include <cstdint>
#include <string_view>

#include "core/result.h"

namespace virtscope {

// "250ms", "1s", "1.5s", "2min", "1h"; the unit is required.
// Errors: malformed, naming the text and the accepted form.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

// "64MiB", "1GiB", "512KiB", "65536B", "64MB" (powers of 1000); the unit is required.
Result<std::uint64_t> parse_size(std::string_view text);

}  // namespace virtscope

// How long a window is, as people write it.
#pragma once

#include <chrono>
#include <string_view>

#include "core/result.h"

namespace virtscope::checks {

// "60s", "5min", "5m", or plain seconds; 1 s to 24 h. Errors: malformed.
Result<std::chrono::nanoseconds> parse_window(std::string_view text);

}  // namespace virtscope::checks

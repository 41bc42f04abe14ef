// The delay between two screens, as people type it: seconds, "3", "0.5".
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "core/result.h"

namespace virtscope::top {

inline constexpr std::chrono::nanoseconds default_delay = std::chrono::seconds(3);

// Errors: malformed, naming the text and the accepted form.
Result<std::chrono::nanoseconds> parse_delay(std::string_view text);

// "3.0", "0.25"
std::string delay_text(std::chrono::nanoseconds delay);

}  // namespace virtscope::top

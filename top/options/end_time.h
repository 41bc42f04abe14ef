// --end-time: when virt-top ends by itself. "2026-11-23 18:00:00", "18:00:00" (today), "+01:30:00" and "+90" (seconds
// from the start), as virt-top takes them.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "core/result.h"

namespace virtscope::top {

struct EndTime {
    bool is_relative = false;
    std::int64_t nanoseconds = 0;  // since the epoch, or since the start

    bool operator==(const EndTime&) const = default;
    // Realtime ns, for a start at that time.
    std::int64_t from(std::int64_t start) const { return is_relative ? start + nanoseconds : nanoseconds; }
};

// `now`: realtime ns, says which day is today. Errors: malformed, naming the text and the accepted forms.
Result<EndTime> parse_end_time(std::string_view text, std::int64_t now);

// How long to wait for what is due in `wait`. Is it due at the end or later, there is only the end to wait for.
struct Wait {
    bool is_last = false;
    std::chrono::nanoseconds time{};
};
Wait wait_until(std::optional<std::int64_t> end, std::int64_t now, std::chrono::nanoseconds wait);

}  // namespace virtscope::top

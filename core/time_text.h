// Points in time as people write them on a command line, and back.
//
//     now                          10 min ago, 2 days 3 hr ago, 3d2h, -10m   (all of these: ago)
//     today 03:12, yesterday       23:59:30   (the latest one: yesterday's where today's is still to come)
//     Nov 23 03:12, 23 Nov 2026    2026-11-23 03:12:05.123
//     2026-11-23T03:12:05Z, +01:00 1795485800, @1795485800.5   (seconds since the epoch)
//
// Without a zone, times are those of the process's time zone (TZ). A day of "2 days ago" has 24 hours;
// "yesterday 03:12" is what a clock on the wall showed, also across a change to summer time. An hour
// that such a change skips is taken as the one after it. A date without a time is its midnight.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace virtscope {

// Realtime ns since the epoch (1970 to 2262). `now`: the current time in the same terms.
// Errors: malformed, one line that says what is wrong with the text and how to write it.
Result<std::int64_t> parse_time(std::string_view text, std::int64_t now);

// "2026-11-23 03:12:05" in the process's time zone; with ".123" where `milliseconds`.
std::string local_time(std::int64_t realtime, bool milliseconds = false);

// "CET": the name of the process's time zone at that moment.
std::string local_zone(std::int64_t realtime);

}  // namespace virtscope

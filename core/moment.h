// A moment by the calendar and the clock on the wall, before a time zone makes it one of the epoch.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>

#include "core/result.h"

namespace virtscope {

struct Moment {
    std::tm parts{};            // date and time of day
    std::int64_t fraction = 0;  // ns
    std::optional<long> zone;   // seconds east of Greenwich; none: the process's, with its summer time
};

// The midnight that the day of `now` (realtime ns) began with, in the process's zone.
Moment midnight(std::int64_t now);

// Month from 0, as in std::tm. Errors: malformed, a phrase: the calendar has no such day.
Result<> set_date(int year, int month, int day, Moment& out);

// Realtime ns. Days and hours beyond their range carry over. Errors: malformed, a phrase: out of range.
Result<std::int64_t> to_epoch(Moment moment);

}  // namespace virtscope

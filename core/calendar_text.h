// Dates and times of day as people write them: the part of core/time_text that knows calendars.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/result.h"

namespace virtscope {

// `text` in lower case, single blanks. Null where it has no such form; an error where it has and
// means nothing ("2026-02-30", "25:00"): a phrase that says why.
std::optional<Result<std::int64_t>> parse_calendar(const std::string& text, std::int64_t now);

}  // namespace virtscope

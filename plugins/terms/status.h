// The four answers a check can give; the numbers are its exit codes.
#pragma once

#include <string_view>

namespace virtscope::checks {

enum class Status { ok = 0, warning = 1, critical = 2, unknown = 3 };

// "OK", "WARNING", "CRITICAL", "UNKNOWN"
std::string_view status_name(Status status);

// CRITICAL > WARNING > UNKNOWN > OK: what is known to be wrong outranks what is not known.
Status worse(Status a, Status b);

}  // namespace virtscope::checks

// Numbers as monitoring systems read them.
#pragma once

#include <string>

namespace virtscope::checks {

// The decimal form perfdata allows: no exponent, six digits after the point, no superfluous zeros.
std::string perf_number(double value);

}  // namespace virtscope::checks

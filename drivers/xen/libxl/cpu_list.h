// Physical CPUs as xl.cfg(5) writes them in "cpus".
#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"

namespace virtscope::libxl {

// "0-3,5,^2"; "all" is an empty list. Errors: malformed.
Result<std::vector<unsigned>> read_cpu_list(std::string_view text);

}  // namespace virtscope::libxl

// The order of --stream and --csv: by ID, whatever the screen is ordered by.
#pragma once

#include <cstddef>
#include <vector>

#include "core/frame.h"

namespace virtscope::top {

// Rows of all guests.
std::vector<std::size_t> all_by_id(const Frame& frame);

}  // namespace virtscope::top

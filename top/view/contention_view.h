// Who waits for a CPU, and for whom: guests with run-queue wait, the worst first, and below each those who ran on the
// same CPUs in that interval, the host's own work among them.
#pragma once

#include <vector>

#include "top/source/picture.h"
#include "top/view/screen.h"

namespace virtscope::top {

// All lines, to be scrolled by the caller. Where nobody waited, or nobody knows, a line says so.
std::vector<Line> contention_lines(const Picture& picture, std::size_t width);

}  // namespace virtscope::top

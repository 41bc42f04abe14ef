// The host panel: its CPUs, what presses, its memory and how much of both has been promised to guests.
#pragma once

#include <vector>

#include "top/source/picture.h"
#include "top/view/screen.h"

namespace virtscope::top {

// All lines, to be scrolled by the caller. `unicode`: meters of blocks, else of ASCII.
std::vector<Line> host_panel(const Picture& picture, std::size_t width, bool unicode);

// "[|||||     ] 50.0%", `width` columns in all; what is not known is an empty meter with "-".
Line meter(std::string_view label, std::optional<double> percent, std::size_t width, bool unicode);

}  // namespace virtscope::top

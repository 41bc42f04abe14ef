// The screen of the sort chooser, as the original's.
#pragma once

#include "top/session/chooser.h"
#include "top/view/screen.h"

namespace virtscope::top {

Screen chooser_screen(const Chooser& chooser, const Sorting& sorting, Size size);

}  // namespace virtscope::top

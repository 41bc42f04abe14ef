// The last line: what some keys do, each to be clicked.
#pragma once

#include "top/view/screen.h"

namespace virtscope::top {

void add_hints(Screen& screen, std::size_t width);

}  // namespace virtscope::top

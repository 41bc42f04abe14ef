// The two lines that a screen of the past has instead of virt-top's first one: when it is, and what happened.
#pragma once

#include "top/source/picture.h"
#include "top/view/screen.h"

namespace virtscope::top {

// "virt-top 2026-11-23 03:12:05 history, 12 min 3 s ago - x86_64 2/2CPU 2596MHz 9562MB"; without the program's
// name where that makes it fit.
Line history_line(const Picture& picture, std::size_t width);

// "2 events: 03:12:05 guest-stopped web01; 03:12:04 guest-state db02 running to paused": the latest first, for
// what does not fit is cut off. Not yet clipped.
Line events_line(const Picture& picture);

}  // namespace virtscope::top

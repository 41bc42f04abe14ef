// The bar of time: all that a ring remembers from left to right, what happened in it, and the moment that is shown.
#pragma once

#include "top/source/past.h"
#include "top/view/screen.h"

namespace virtscope::top {

struct TimeBarLook {
    std::size_t width = 0;
    bool is_history = false;  // the moment shown is one that somebody went to
    bool unicode = true;
};

// Two lines, the bar and its labels in local time; each place of the bar can be clicked. Rows of spots are from 0.
Screen time_bar(const TimeLine& line, const TimeBarLook& look);

// The time that a click on it means.
std::int64_t time_of(const TimeLine& line, ClickTime click);

}  // namespace virtscope::top

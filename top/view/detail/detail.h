// Details of one guest: what is known of it at a moment, and of the minutes before.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "top/source/past.h"
#include "top/source/picture.h"
#include "top/view/screen.h"

namespace virtscope::top {

// What CPU time is shown as a percentage of.
struct CpuScale {
    double cpus = 1;  // so many are 100 %
    std::string_view of = "of one CPU";
};

struct DetailData {
    Uuid guest{};
    std::string name{};             // what it was called when somebody chose it: it may be gone by now
    Curves curves{};                // of the guest; without values: nothing is known of the past
    std::vector<EventAt> events{};  // of the guest, oldest first
    CpuScale cpu{};
};

struct DetailWindow {
    Size size{};
    std::size_t first = 0;  // line below the two that stay
    bool unicode = true;
};

struct Detail {
    std::vector<Line> lines{};  // as many as the window has, or fewer
    std::size_t first = 0;      // the window's, not past the end
    std::size_t total = 0;      // lines there are below those that stay
    std::size_t page = 0;       // how many of these are shown at once
};

// Two lines stay: who it is and how it fares. The others follow each other, in two columns where there is room.
Detail detail_view(const Picture& picture, const DetailData& data, const DetailWindow& window);

// How many steps curves should have for a screen of so many columns.
std::size_t detail_steps(std::size_t columns, bool unicode);

}  // namespace virtscope::top

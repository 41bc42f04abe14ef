// Summary: the lines above every view, worded as virt-top words them.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "top/view/figures.h"

namespace virtscope::top {

// "16:28:41", local time of when the frame was taken.
std::string clock_text(const Frame& frame);

// "x86_64 2/2CPU 2596MHz 9562MB"
std::string machine_text(const Frame& frame);

// "50 domains, 50 active, 50 running, …"
std::string guests_line(const Totals& totals);

// "CPU: 10.1%  Mem: 800 MB (800 MB by guests)", and how many do not answer, if any.
std::string usage_line(const Totals& totals);

// " 10.1% 9.7%": the past %CPU, newest first, behind the first line; empty if there is none.
std::string strip_text(const std::vector<std::optional<double>>& strip);

// Time and machine; guests by state; CPU, memory, guests that do not answer if there are any and, where the host
// tells, pressure (percentage of the time in which something waited).
std::array<std::string, 3> summary_lines(const FramePair& pair, const Totals& totals);

}  // namespace virtscope::top

// The summary of several hosts: how many, what they have in all, and which of them cannot be seen and why.
#pragma once

#include <string>
#include <vector>

#include "top/source/scene.h"
#include "top/view/screen.h"

namespace virtscope::top {

// Three lines, as one host's.
std::vector<Line> fleet_summary(const Scene& scene, std::size_t width);

// A line for each host that is in trouble, at most `most`; the last one counts those that are left out.
std::vector<Line> trouble_lines(const Scene& scene, std::size_t most, std::size_t width);

}  // namespace virtscope::top

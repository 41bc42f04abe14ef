// The host's CPUs, each for itself: where the first line of /proc/stat has them together.
#pragma once

#include <array>
#include <string_view>
#include <vector>

#include "collectors/collector.h"
#include "collectors/host_text.h"
#include "core/frame.h"

namespace virtscope {

// A time of the kernel's that may step back a little (proc(5): idle and iowait do, and so does user less guest, which
// are not read at one instant). Such a step is held at the earlier value; a real one is passed on.
std::uint64_t held_steady(std::uint64_t& last, std::uint64_t now);

class CpuRows {
public:
    // Fills a row for each CPU of the frame's roster that the text of /proc/stat has. Allocates only when there are
    // more CPUs than before.
    void fill(std::string_view stat, std::int64_t time, Frame& frame);

private:
    using Times = std::array<std::uint64_t, static_cast<std::size_t>(CpuMetric::count)>;
    std::vector<Times> last_;  // by number of CPU
};

// The CPUs that are online, in the order of their numbers, as a roster has them.
std::vector<RosterInstance> online_cpus(const KernelRoots& roots);

// How long the text of /proc/stat may be up to and with its lines about CPUs.
std::size_t longest_cpu_text();

}  // namespace virtscope

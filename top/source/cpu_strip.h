// CpuStrip: the guests' %CPU of the host over the last minutes, as virt-top prints it in its first line: a handful of
// values, a step apart. A ring knows them from the first.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include "core/ring/reader.h"

namespace virtscope::top {

inline constexpr std::chrono::nanoseconds default_strip_step = std::chrono::seconds(20);
inline constexpr std::size_t strip_length = 11;

class CpuStrip {
public:
    // A step of 0: no strip.
    explicit CpuStrip(std::chrono::nanoseconds step) : step_(step) {}

    // The newest first, each the average of a step; absent where that is not known. The first step ends with `now`,
    // or less than a step before it. Reads the ring where what is known does not reach; of thousands of guests that
    // takes its time, so one call goes back only as far as it can in some milliseconds, the next further. At most
    // strip_length values.
    const std::vector<std::optional<double>>& at(RingReader& reader, const FramePtr& now);

private:
    void go_back(RingReader& reader);

    std::chrono::nanoseconds step_;
    FramePtr last_;      // where the newest step ends
    FramePtr earliest_;  // where the oldest one begins; null: there is no further to go
    std::vector<std::optional<double>> values_;
};

}  // namespace virtscope::top

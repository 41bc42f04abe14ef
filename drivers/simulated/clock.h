// The two clocks of the simulated host. Tests hand in their own.
#pragma once

#include <cstdint>
#include <functional>

namespace virtscope::simulated {

// ns; steady never steps back.
struct Clocks {
    std::function<std::int64_t()> steady;    // CLOCK_MONOTONIC
    std::function<std::int64_t()> realtime;  // since the epoch
};

Clocks kernel_clocks();

inline constexpr std::int64_t second = 1'000'000'000;
inline constexpr std::int64_t hour = 3600 * second;
inline constexpr std::int64_t day = 24 * hour;

}  // namespace virtscope::simulated

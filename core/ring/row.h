// A row of a state, and what its times are counted in.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/ring/state.h"

namespace virtscope::ring {

inline constexpr unsigned time_shift = 14;  // times are kept in units of 2^14 ns
inline constexpr std::size_t max_columns = 64;

enum News : std::uint8_t { news_joined = 1, news_present = 2, news_quality = 4, news_sticky = 8, news_closing = 16 };

// A time in those units, rounded down: equal times stay equal, whatever frame they are told in.
inline std::uint64_t time_units(std::int64_t time) { return static_cast<std::uint64_t>(time >> time_shift); }
inline std::int64_t time_of(std::uint64_t units) { return static_cast<std::int64_t>(units << time_shift); }

// What a row's time moved beyond what its frame's did; modulo 2^64, so that any pair of times has one.
inline std::uint64_t time_residue(std::int64_t old_time, std::int64_t time, std::int64_t before, std::int64_t now) {
    return (time_units(time) - time_units(old_time)) - (time_units(now) - time_units(before));
}
inline std::int64_t moved_time(std::int64_t old_time, std::uint64_t residue, std::int64_t before, std::int64_t now) {
    return time_of(time_units(old_time) + residue + (time_units(now) - time_units(before)));
}

inline constexpr auto vcpu_wait = static_cast<std::size_t>(VcpuMetric::wait);
inline constexpr auto guest_wait = static_cast<std::size_t>(GuestMetric::cpu_wait);

}  // namespace virtscope::ring

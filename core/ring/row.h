// A row of a state, and what its times are counted in.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/ring/state.h"

namespace virtscope::ring {

inline constexpr unsigned time_shift = 14;  // times are kept in units of 2^14 ns
inline constexpr std::size_t max_columns = 64;

enum News : std::uint8_t { news_joined = 1, news_present = 2, news_quality = 4, news_sticky = 8, news_closing = 16 };

// Offset of a row's time from its frame's, in units; modulo 2^64, so that any pair of times has one.
inline std::uint64_t offset_units(std::int64_t time, std::int64_t monotonic) {
    const std::uint64_t offset = static_cast<std::uint64_t>(time) - static_cast<std::uint64_t>(monotonic);
    const std::uint64_t rounded = offset + (std::uint64_t{1} << (time_shift - 1));
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(rounded) >> time_shift);
}
inline std::int64_t time_at(std::uint64_t units, std::int64_t monotonic) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(monotonic) + (units << time_shift));
}

inline constexpr auto vcpu_wait = static_cast<std::size_t>(VcpuMetric::wait);
inline constexpr auto guest_wait = static_cast<std::size_t>(GuestMetric::cpu_wait);

}  // namespace virtscope::ring

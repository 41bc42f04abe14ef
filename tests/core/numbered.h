// Numbered frames: the number is that of sample::fill(), and can be told from the frame's time whatever sequence the
// ring gave it. Where publish() fails or a ring begins anew, sequence and number part.
#pragma once

#include <cstdint>
#include <optional>

#include "tests/core/sample.h"

namespace virtscope::sample {

// The number of a frame that is whole to the last cell; nothing for a torn one.
inline std::optional<std::uint64_t> number_of(const Frame& read) {
    static const std::int64_t first = frame(0, roster(0)).realtime;
    static const std::int64_t step = frame(1, roster(0)).realtime - first;
    Frame numbered = read;
    numbered.sequence = static_cast<std::uint64_t>((read.realtime - first) / step);
    if (!genuine(numbered)) return std::nullopt;
    return numbered.sequence;
}

}  // namespace virtscope::sample

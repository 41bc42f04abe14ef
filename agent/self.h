// What the agent knows about itself: its row in every frame.
#pragma once

#include <cstdint>

#include "core/frame.h"

namespace virtscope {

// Counted by the tick loop, written into the frame before it is published.
struct TickCounts {
    std::int64_t interval = 0;       // ns
    std::int64_t last_duration = 0;  // ns, the tick before: this one is not over yet
    std::int64_t lateness = 0;       // ns
    std::uint64_t skipped = 0;
    std::uint64_t frames = 0;
    std::uint64_t ring_bytes = 0;
    bool in_memory = false;
    std::uint64_t questions = 0;
    std::uint64_t spared = 0;
};

class SelfMetrics {
public:
    SelfMetrics();
    void fill(const TickCounts& counts, Frame& frame) const;

private:
    std::int64_t started_;  // realtime ns
};

}  // namespace virtscope

// Silence: an agent that publishes nothing any more is told once, and once when its samples come again. A ring that
// cannot be read is not its matter (ring_trouble.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/freshness.h"

namespace virtscope::exporters {

// What is_live() and age_of() need of a frame, without its guests' values; `into` is used again.
void copy_head(const Frame& frame, std::optional<Frame>& into);

class Silence {
public:
    explicit Silence(std::string ring) : ring_(std::move(ring)) {}

    // With each frame that is taken from the ring.
    void heard(const Frame& frame);
    // When there is no more to take.
    void look();

private:
    std::string ring_;
    std::optional<Frame> newest_;
    std::int64_t since_ = 0;  // realtime ns of the last sample before; 0: it is not silent
};

}  // namespace virtscope::exporters

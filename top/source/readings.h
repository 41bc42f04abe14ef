// Readings: the figures of one guest or of the host, frame by frame.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/history/tracker.h"
#include "top/source/past.h"

namespace virtscope::top {

struct Reading {
    std::uint64_t sequence = 0;
    std::int64_t realtime = 0;                 // ns
    std::int64_t reach = 0;                    // so many ns before it are what it speaks of
    std::array<float, figure_count> values{};  // NaN: not known

    float of(Figure figure) const { return values[static_cast<std::size_t>(figure)]; }
};

// Makes readings of frames, which must come in their order.
class Meter {
public:
    explicit Meter(std::optional<Uuid> guest);

    // `longest`: further back than that no reading reaches.
    Reading read(const Frame& frame, std::int64_t longest);

private:
    void read_guest(Reading& reading, const Frame& frame);
    void read_host(Reading& reading, const Frame& frame);
    float next(const Frame& frame);  // of the next column

    bool is_host_;
    std::vector<Tracker> trackers_;  // in the order in which they are asked
    std::size_t at_ = 0;
    std::int64_t before_ = 0;  // realtime of the frame before
};

}  // namespace virtscope::top

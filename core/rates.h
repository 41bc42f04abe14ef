// Rates: the one place where two readings of a counter become a rate.
//
// Nobody else subtracts counters. A counter that went backwards, a guest that was restarted, a
// reading that did not move in time, a gap over a reboot: no rate, never a spike, never a negative.
#pragma once

#include <cstdint>
#include <optional>

#include "core/frame.h"

namespace virtscope {

struct Reading {
    std::uint64_t value = 0;
    std::int64_t time = 0;  // CLOCK_MONOTONIC ns of the same boot
};

// Units a second; for a counter in nanoseconds a fraction of one CPU follows by / 1e9.
std::optional<double> rate(Reading before, Reading now);

// Two frames and how rows of the newer one are found in the older one. Rows match by identity
// (guest UUID and generation, then the instance's name), so that restarts and renames never cross.
// Cheap when both frames share a roster; otherwise the match is computed once, here.
class FramePair {
public:
    // Either may be null: then every rate is unknown.
    FramePair(FramePtr before, FramePtr now);

    const FramePtr& before() const { return before_; }
    const FramePtr& now() const { return now_; }
    // Time between the frames, ns; 0 where one is missing or they are of different boots.
    std::int64_t interval() const { return interval_; }

    // Row of the older frame that is the same instance as `row` of the newer one.
    std::optional<std::size_t> older(Scope scope, std::size_t row) const;

    // Rate of a counter of the newer frame's row. Unknown if absent in either frame.
    template <MetricOfScope M>
    std::optional<double> rate(std::size_t row, M metric) const {
        return rate_of(scope_of<M>, row, static_cast<std::size_t>(metric));
    }
    std::optional<double> rate_of(Scope scope, std::size_t row, std::size_t column) const;

    // Increase of a counter between the frames; unknown where the rate is.
    std::optional<std::uint64_t> increase_of(Scope scope, std::size_t row, std::size_t column) const;

private:
    using RowMap = std::vector<std::uint32_t>;  // newer row -> older row, or no_row

    FramePtr before_;
    FramePtr now_;
    std::int64_t interval_ = 0;
    bool same_roster_ = false;
    std::array<RowMap, scope_count> rows_;
};

}  // namespace virtscope

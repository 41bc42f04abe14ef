// Schedule: when the next tick is due. Absolute deadlines on the monotonic clock, phase kept: the next is the one
// before plus the interval, whatever the work took. A tick that overran makes whole ticks be skipped
// and counted; they are never made up for in a burst.
#pragma once

#include <chrono>
#include <cstdint>

namespace virtscope {

class Schedule {
public:
    using Time = std::chrono::nanoseconds;  // CLOCK_MONOTONIC

    Schedule(Time first, Time interval) : due_(first), interval_(interval) {}

    Time due() const { return due_; }

    // How late a tick that begins at `now` is.
    Time lateness(Time now) const { return now > due_ ? now - due_ : Time::zero(); }

    // To be called when a tick is done, at `now`. Answers how many ticks had to be skipped.
    std::uint64_t advance(Time now) {
        due_ += interval_;
        if (now < due_) return 0;
        const auto skipped = static_cast<std::uint64_t>((now - due_) / interval_) + 1;
        due_ += interval_ * static_cast<std::int64_t>(skipped);
        return skipped;
    }

private:
    Time due_;
    Time interval_;
};

}  // namespace virtscope

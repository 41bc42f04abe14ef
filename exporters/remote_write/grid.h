// Grid: one frame an interval of the wall clock: the first in each. It depends on nothing but the frames' times, so a
// restart chooses the same ones, and all hosts send about the same moments.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace virtscope::exporters::remote_write {

class Grid {
public:
    // `last`: real time (ns) of the last frame that was exported, by whoever did that.
    Grid(std::chrono::nanoseconds interval, std::optional<std::int64_t> last) : interval_(interval.count()) {
        if (last) slot_ = slot_of(*last);
    }

    // Whether the frame of that real time (ns) is the first of its interval; the next one then is not.
    bool takes(std::int64_t realtime) {
        const std::int64_t slot = slot_of(realtime);
        if (slot_ && slot == *slot_) return false;
        // A clock that was set back: receivers take no time twice. By more than an hour it is the time before that was
        // wrong, and nobody could wait for it to come again.
        if (slot_ && slot < *slot_ && (*slot_ - slot) * interval_ <= longest_repeat) {
            ++in_the_past_;
            return false;
        }
        slot_ = slot;
        return true;
    }
    // Frames left out because their time had been there before.
    std::uint64_t in_the_past() const { return in_the_past_; }

private:
    static constexpr std::int64_t longest_repeat = 3'600'000'000'000;  // ns
    std::int64_t slot_of(std::int64_t realtime) const { return realtime / interval_; }

    std::int64_t interval_;  // ns
    std::optional<std::int64_t> slot_;
    std::uint64_t in_the_past_ = 0;
};

}  // namespace virtscope::exporters::remote_write

// When a simulated guest starts, stops, changes and pauses: a pure function of time.
//
// With churn, the guests take turns: every 60/R seconds one of them has an event. The events of one
// guest go round: restart, a device is plugged, the device is unplugged.
#pragma once

#include <cstdint>

#include "core/roster.h"
#include "drivers/simulated/options.h"

namespace virtscope::simulated {

// A guest's life around some moment; times are ns since the epoch.
struct Life {
    bool up = true;
    std::int64_t start = 0;    // of the current run, or of the next one when it is down
    std::int64_t plugged = 0;  // since when it has its extra device; 0: it has none
    std::int64_t until = 0;    // nothing changes before
};

class Lives {
public:
    // `opened`: guests that are never restarted were started days before that day.
    Lives(const Options& options, std::int64_t opened);
    Life at(std::uint64_t guest, std::int64_t time) const;

private:
    std::int64_t settled_start(std::uint64_t guest) const;

    std::uint64_t seed_;
    std::uint64_t first_;      // hung guests, which come first, are left alone
    std::uint64_t guests_;     // that take turns
    std::int64_t period_ = 0;  // between two events of one guest; 0: no churn
    std::int64_t today_;
};

// Some guests are paused by a person, some suspended, some stumble over I/O errors once an hour.
enum class Habit : std::uint8_t { steady, paused, suspended, stumbling };
Habit habit_of(std::uint64_t guest, std::uint64_t guests);
GuestState state_at(Habit habit, std::int64_t start, std::int64_t time);

// Time as the guest's CPUs live it: it stands still while the guest is not running.
std::int64_t lived(Habit habit, std::int64_t start, std::int64_t time);

}  // namespace virtscope::simulated

// Report: what a guest's monitor has said, as cells of a frame.
#pragma once

#include <cstdint>

#include "core/frame.h"
#include "drivers/place.h"
#include "drivers/qemu/guest.h"

namespace virtscope::qemu {

// How a guest fared this tick.
struct Outcome {
    bool asked = false;    // a question was sent this tick
    bool expected = false; // and its answer is still waited for
    bool spared = false;   // the last answer still holds: nothing can have changed
    bool stale = false;    // it owes an answer past its deadline
    std::optional<Clock::time_point> blockstats_sent;
};

// Fills the guest's row and those of its disks; of its vCPUs only what was read this tick.
void report(const Slot& slot, const Guest& guest, const Outcome& outcome, Clock::time_point tick, Frame& frame);

}  // namespace virtscope::qemu

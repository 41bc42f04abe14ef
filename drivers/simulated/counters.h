// What the counters of a simulated guest show at a moment: everything the catalogue knows that a
// KVM host can tell.
#pragma once

#include "core/frame.h"
#include "drivers/place.h"
#include "drivers/simulated/population.h"

namespace virtscope::simulated {

struct Moment {
    std::int64_t time = 0;    // simulated, ns since the epoch: what counters depend on
    std::int64_t steady = 0;  // CLOCK_MONOTONIC: what the rows are marked with
    std::int64_t opened = 0;  // simulated time at which the driver was opened
};

// Fills the guest's rows. A hung guest keeps what the kernel knows and its last known state, and
// loses what its monitor would have told: balloon, guest-reported memory, disks, KVM statistics.
void fill(Frame& frame, const Slot& slot, const SimGuest& guest, const Waves& waves, const Moment& now);

}  // namespace virtscope::simulated

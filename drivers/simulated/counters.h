// What the counters of a simulated guest show at a moment: everything the catalogue knows that a
// KVM host can tell.
#pragma once

#include "core/frame.h"
#include "drivers/place.h"
#include "drivers/simulated/population.h"

namespace virtscope::simulated {

struct Moment {
    std::int64_t time = 0;    // by the guest's clock, ns since the epoch: what counters depend on
    std::int64_t steady = 0;  // CLOCK_MONOTONIC: what the rows are marked with
    std::int64_t opened = 0;  // simulated time at which the driver was opened
};

// Fills the guest's rows. A hung guest keeps what the kernel knows and its last known state, and
// loses what its monitor would have told: balloon, guest-reported memory, disks, KVM statistics.
void fill(Frame& frame, const Slot& slot, const SimGuest& guest, const Waves& waves, const Moment& now);

// What its guest agent tells, if it has one: see Agent.
void fill_guest_agent(Frame& frame, const Slot& slot, const SimGuest& guest, const Moment& now);

// A guest that is defined and not running: its state and what its definition says.
void fill_off(Frame& frame, const Slot& slot, const SimGuest& guest, const Moment& now);

// The guest goes on with its first `count` vCPUs; what the others have run stays in the guest's own sums.
void use_vcpus(SimGuest& guest, std::size_t count, const Waves& waves, std::int64_t time);

}  // namespace virtscope::simulated

// Held: what orders made of a simulated guest. From its first order on a guest is held: churn leaves it alone, and what
// it does is said here. It is forgotten when the agent ends.
//
// Orders' threads write it (under the lock of Orders), the sampler's thread takes copies and lays them upon its guest.
#pragma once

#include <cstdint>
#include <string>

#include "drivers/simulated/population.h"

namespace virtscope::simulated {

// Times are simulated, ns since the epoch.
struct Held {
    Life life;                  // of the run; not up: it is off
    bool steady = false;        // its own habit of pausing is over: it was resumed or started by an order
    bool answers = true;        // false: it hangs
    bool paused = false;
    bool defined = true;        // false: it vanishes once it is off
    bool autostart = false;
    std::int64_t off_at = 0;    // it is shutting down, and off from then; 0: it is not
    std::uint64_t balloon = 0;  // bytes; 0: as it pleases
    std::uint64_t vcpus = 0;    // in use; 0: all
    std::string medium;         // image in the CD-ROM; empty: none

    bool gone() const { return !life.up && !defined; }
};

// Of the guest that no order touched so far.
Held held_of(const SimGuest& guest, const Life& life);

// A shutdown whose time has come is over. True: it was.
bool settle(Held& held, std::int64_t time);

void turn_off(Held& held);
void turn_on(Held& held, std::int64_t time, bool paused);

GuestState state_of(const Held& held, const SimGuest& guest, std::int64_t time);

// The sampler's guest becomes as it is held. Its counters stand still from `time` on while it is paused, and go on from
// there when it is resumed. `time` must not be before what a frame showed.
void hold(SimGuest& guest, const Held& held, const Waves& waves, std::int64_t time);

}  // namespace virtscope::simulated

// Schedule: when a guest is asked what, so that dear questions are spread over time and guests.
//
// Everything is derived from a hash of the guest's identity: with N guests a tick asks about
// N / slow_interval of them each slow question, and never two of one guest.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "drivers/driver.h"
#include "drivers/qemu/commands.h"
#include "drivers/qemu/link.h"
#include "drivers/qemu/witness.h"

namespace virtscope::qemu {

class Schedule {
public:
    Schedule(std::uint64_t seed, const DriverOptions& options);

    // Block counters have to be asked for even though nothing seems to have moved.
    bool probe_due(Clock::time_point now) const { return now >= probe_; }
    void probed(Clock::time_point now);

    // Some slow question is due.
    bool slow_due(Clock::time_point now) const { return now >= next_slow_; }
    // The one that is due and whose answer can differ from the last one; the others are put off.
    // `held`: the guest has not moved since it settled in `proof`; `now` has the vCPUs' figures of this moment.
    std::optional<Command> take_slow(Clock::time_point time, bool held, const Proof& proof, const Witness& now,
                                     const MonitorFacts& facts, bool kvm);
    // The guest settled after the answer to `command`.
    void settled(Command command, const Proof& proof);
    // The vCPUs' figures after their statistics were read. Reading them wakes every vCPU, so this is
    // no proof that nothing was missed; but nothing is claimed in a frame without a reading either.
    void vcpus_read(std::uint64_t figures) { vcpus_ = figures; }

    // Whether it is worth while to try to settle this tick: for a guest that is busy anyway, or that wakes
    // up before settling it has saved a question, it is tried ever more seldom, at least every eighth tick.
    bool try_settle();
    void settle_result(bool settled);
    void spared();  // settling has paid
    void woke();    // a settled guest has moved: if settling paid before, it may soon again

private:
    struct Slow {
        Command command{};
        Clock::time_point due;
        std::uint64_t epoch = 0;  // of its last answer; 0: not settled
    };
    void find_next();

    Clock::duration slow_interval_;
    Clock::duration probe_interval_;
    Clock::time_point probe_;
    Clock::time_point next_slow_;
    std::array<Slow, 4> slow_;
    std::optional<std::uint64_t> vcpus_;
    void settling_failed();
    unsigned failures_ = 0;
    bool paid_ = true;  // since it settled last
    unsigned skip_ = 0;
};

}  // namespace virtscope::qemu

// Wave: a periodic level between 0 and 1 whose integral over time is known exactly.
//
// All counters of the simulated host are integrals of waves. They depend on time alone, so sampling
// often, seldom or at random moments always sees the same counters, and they never go back.
#pragma once

#include <cstdint>
#include <vector>

namespace virtscope::simulated {

class Wave {
public:
    // Levels in 1/1024, each lasting `slot` ns (a multiple of 1024); at least one.
    Wave(const std::vector<std::uint16_t>& levels, std::int64_t slot);

    // Integral of the level from time 0 to `time` >= 0, in ns: `time` itself if the level were always 1.
    std::int64_t integral(std::int64_t time) const {
        const std::int64_t index = time / slot_;
        const Slot& at = slots_[static_cast<std::size_t>(index % count_)];
        return index / count_ * whole_ + at.before + at.level * (time % slot_) / 1024;
    }
    // 0 … 1024.
    std::int64_t level(std::int64_t time) const {
        return slots_[static_cast<std::size_t>(time / slot_ % count_)].level;
    }

private:
    struct Slot {
        std::int64_t before;  // integral from the start of the period
        std::int64_t level;
    };
    std::vector<Slot> slots_;
    std::int64_t slot_;
    std::int64_t count_;
    std::int64_t whole_ = 0;  // integral of a whole period
};

// The waves everything is made of; each guest and device rides them at an offset of its own.
struct Waves {
    Wave office;   // one day, UTC: busy at work hours
    Wave evening;  // one day: busy after work
    Wave night;    // one day: backups and builds
    Wave crowd;    // one day: how much the host is overcommitted, 0 but at peak hours
    Wave noise;    // hours: restless in steps of two seconds, with bursts
};
Waves make_waves(std::uint64_t seed);

}  // namespace virtscope::simulated

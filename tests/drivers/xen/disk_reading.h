// One row of a disk, as counters fill it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "drivers/xen/block_counters.h"

namespace virtscope::test {

struct DiskReading {
    explicit DiskReading(xen::BlockCounters& counters) {
        auto roster = std::make_shared<Roster>();
        roster->guests.emplace_back();
        roster->disks.emplace_back();
        frame.reset(roster);
        is_there = counters.read(0, frame);
    }
    std::optional<std::uint64_t> operator[](DiskMetric metric) const { return frame.get(0, metric); }
    const Row& row() const { return frame.table(Scope::Disk).row(0); }
    bool nothing() const { return row().present == 0; }

    Frame frame;
    bool is_there = false;
};

}  // namespace virtscope::test

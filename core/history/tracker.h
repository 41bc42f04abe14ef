// Tracker: follows one column through frames, oldest first, and turns readings into values.
//
// It keeps the last reading of each instance, found again by identity: guest's UUID and generation, the
// instance's name, and of the agent its start. What came back under another identity, or was away in
// between, begins anew; so does everything after a reboot. A sum over instances is a sum of what each does:
// an instance that is gone, new or has no value just now takes no part. Where an instance has a value but no
// rate (its counter went back, its row was not read again), the sum is unknown for that frame.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/frame.h"
#include "core/history/column.h"
#include "core/rates.h"

namespace virtscope {

// A value and the stretch of monotonic time that it is true of (ns; 0 for gauges).
struct Sample {
    double value = 0;
    double lasted = 0;
};

class Tracker {
public:
    // With a guest, only its rows count.
    Tracker(Column column, std::optional<Uuid> guest);

    // To be called with every frame of interest. Null: nothing is known.
    std::optional<Sample> step(const Frame& frame);

    // Whether any frame had a row for it, with or without a value.
    bool met() const { return met_; }

private:
    struct Followed {
        std::size_t row = 0;
        std::optional<Reading> last;
    };

    void change_roster(const Frame& frame);
    void find_rows(const Roster& roster);
    void restart_with_the_agent(const Frame& frame);
    std::optional<Sample> gauge(const Frame& frame) const;
    std::optional<Sample> rate(const Frame& frame);

    Column column_;
    std::optional<Uuid> guest_;
    RosterPtr roster_;
    std::vector<Followed> followed_;
    std::uint64_t agent_start_ = 0;
    bool met_ = false;
};

}  // namespace virtscope

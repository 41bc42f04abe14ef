// Slimmer: frames with the rows of some guests only, small enough that a whole window of them can be kept.
//
// They have rosters of their own, shared as long as the original's stays the same, so all that works on
// frames (FramePair, rates) works on them. Host, agent and the tables of the host are whole.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/frame.h"

namespace virtscope::checks {

class Slimmer {
public:
    explicit Slimmer(std::vector<Uuid> wanted) : wanted_(std::move(wanted)) {}

    // A copy; without events. Guests that the frame does not have are not in it.
    FramePtr slim(const Frame& frame);

private:
    void choose_rows(const Roster& roster);

    std::vector<Uuid> wanted_;
    RosterPtr source_, roster_;
    std::array<std::vector<std::uint32_t>, scope_count> rows_;  // of the original, for each table
};

}  // namespace virtscope::checks

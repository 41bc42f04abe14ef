// State: what coding a frame leaves for the next one: its values, and which columns are in motion.
//
// An absent cell of a state is 0, so that values come and go as differences like any other. The
// writer and every reader arrive at the same state after the same frame.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "core/frame.h"

namespace virtscope::ring {

struct State {
    Frame frame;
    // Per row the columns of which each frame says how they changed; others are said to have changed, and
    // then belong to them until the next checkpoint.
    std::array<std::vector<std::uint64_t>, scope_count> sticky;
    // After a checkpoint: the masks as they were before it, with which the frames before it are undone.
    std::array<std::vector<std::uint64_t>, scope_count> closing;

    // All absent, nothing in motion, in the shape of the roster.
    void reset(RosterPtr who);
};

// Rows of one table that belong together.
struct Block {
    Scope scope;
    std::uint32_t first;
    std::uint32_t count;
};

// A unit is what a segment holds: unit 0 the host, its CPUs and nodes, and the agent; unit g + 1 guest g.
inline constexpr std::size_t unit_blocks = 6;
std::array<Block, unit_blocks> blocks_of(const Roster& roster, std::size_t unit);

// The first row of each table that is coded in the same shelf as this unit.
std::array<std::uint32_t, scope_count> shelf_start(const Roster& roster, std::size_t unit);

}  // namespace virtscope::ring

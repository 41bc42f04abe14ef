// Segment: the rows of one unit (a guest with its vCPUs, disks, NICs and so on) in one frame.
//
//   v   length of what follows; 0: nothing changed
//   v   length of the news
//   news, if any, a row each: u8 flags, then what they announce:
//       1  v columns that join the sticky ones (as bits)
//       2  v present mask, exclusive-or with the one before
//       4  u8 quality, exclusive-or with the one before
//       8  v sticky mask for the frames to come, exclusive-or with that of the base row (checkpoints)
//       16 v sticky mask of the frames before, exclusive-or with that for those to come (checkpoints)
//   nibbles, two a byte, the low one first; then data, that of the first nibble last
//   What is missing at the end of the news or of the nibbles is 0: rows at rest that come last cost nothing.
//
// Rows in the order of blocks_of(); per row a nibble for its time, then one for each sticky column,
// rising. A nibble says how the difference to the value before is stored:
//   0 none; 1..8: as so many bytes of data; 9..14: it is zigzag(difference) 1..6 itself;
//   15: eight bytes that are not a multiple of the column's quantum.
// Differences are modulo 2^64, divided by the quantum (core/ring/quantum.h), zigzag-coded. Times are in
// 2^14 ns, and what is stored is what they moved beyond the frame's. A guest's cpu_wait is predicted by what its vCPUs' waits grew, and only the
// rest is stored.
//
// Coded from nothing, a row is the difference to the row before it in the same shelf and table (the first
// to a row of absent values): rows of a table resemble each other. Nothing is predicted then.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/ring/state.h"

namespace virtscope::ring {

// How often each column of a row changed since the last checkpoint: once or more, twice or more, thrice.
using Moved = std::array<std::uint64_t, 3>;

// Working memory of the encoder.
struct SegmentScratch {
    std::vector<std::byte> news;
    std::vector<std::uint8_t> nibbles;
    std::vector<std::byte> data;
    std::array<std::vector<Moved>, scope_count> moved;

    void reset(const Roster& roster);
};

// Appends the segment of `unit`: `frame` against `state`, which is brought up to it. `before`: the monotonic time
// of the frame that the state was. Returns the number of present cells.
std::uint64_t encode_changes(const Frame& frame, std::size_t unit, std::int64_t before, State& state,
                             SegmentScratch& scratch, std::vector<std::byte>& out);

// Appends the segment of `unit` as it is in `state`, coded from nothing.
void encode_whole(const State& state, std::size_t unit, SegmentScratch& scratch, std::vector<std::byte>& out);

enum class Coding { changes, whole, undo };

// Takes a segment off the front of `from` and applies it to the unit's rows. `before` and `now`: monotonic times
// of the frame that the state was and of the one it becomes. False: malformed.
bool decode_segment(std::span<const std::byte>& from, std::size_t unit, Coding coding, std::int64_t before,
                    std::int64_t now, State& state);
// Takes it off without looking into it.
bool skip_segment(std::span<const std::byte>& from);

}  // namespace virtscope::ring

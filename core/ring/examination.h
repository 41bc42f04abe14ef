// Examination: everything that can be read from a ring, found as readers find it, and everything that cannot.
//
// Goes over the records one by one, then over the frames as a reader meets them, and decodes each: what lies behind a
// right CRC is found, too. A hostile file makes it work no more than in proportion to the file's size, and
// take no more memory than that.
#pragma once

#include <cstdint>

#include "core/result.h"
#include "core/ring/file.h"

namespace virtscope::ring {

struct Examination {
    std::uint64_t frames = 0;       // that can be read
    std::uint64_t told = 0;         // that and those of which there are traces: the least that there were
    std::uint64_t values = 0;       // present cells in `frames`
    std::uint64_t damaged = 0;      // places where something is not what it should be
    std::int64_t from = 0, to = 0;  // realtime ns of the oldest and the newest of `frames`
    bool given_up = false;          // it asked for more work than any ring of its size: frames behind were not decoded
};

// What a writer does meanwhile is not damage. Errors: malformed: the positions in the header contradict each other.
Result<Examination> examine_frames(const RingFile& file);

// Frame records that can be recognised, whatever the header says of where they are.
std::uint64_t count_recognised(const RingFile& file);

}  // namespace virtscope::ring

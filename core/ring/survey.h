// Survey: going over all records of a ring, for a writer that takes over and for those who ask what it holds.
#pragma once

#include <cstdint>

#include "core/ring/file.h"

namespace virtscope::ring {

// Where a writer goes on.
struct Resume {
    Words words{};
    std::uint64_t sequence = 0;  // of the last frame; 0: none
};

// Finds the last whole record, from the words if they lead to one, else by looking at every byte of the
// data area. The caller holds the writer's lock.
Resume find_end(const RingFile& file, const Words& stored);

// Whether there is a record where the words say the oldest is, and whether they lead from the newest frame to the end.
bool begins_well(const RingFile& file, const Words& words);
bool ends_well(const RingFile& file, const Words& words);

struct Tally {
    std::uint64_t frames = 0;
    std::uint64_t values = 0;
    std::uint64_t damaged = 0;
    std::int64_t from = 0, to = 0;  // realtime ns
};

// Checks every record between tail and head.
Tally count_records(const RingFile& file, const Words& words);

}  // namespace virtscope::ring

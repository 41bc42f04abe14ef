// Cuts a stretch of time out of a ring into a file of its own, which every reader opens like a ring.
#pragma once

#include <cstdint>
#include <string>

#include "core/result.h"
#include "core/ring/reader.h"

namespace virtscope {

struct Recorded {
    std::uint64_t frames = 0;
    std::uint64_t values = 0;  // present cells in them
    std::uint64_t bytes = 0;   // of the file
    std::uint64_t lost = 0;    // frames of the range that could not be read
    TimeRange range;           // first and last frame
};

// Writes `path` (mode 0640) under another name in the same folder (PATH.PID.part) and renames it when it is
// whole and on the disk: nobody ever sees half of it. `replace`: take the place of a file that is there; only of
// a regular one.
// Errors: absent (no frame in the range), busy (the file exists), system or denied (it cannot be written); those
// of RingReader. No file is left then.
Result<Recorded> record(RingReader& reader, const std::string& path, const TimeRange& range, bool replace);

}  // namespace virtscope

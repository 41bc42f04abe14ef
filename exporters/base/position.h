// Position: the frame that was exported last, kept over restarts of the exporter in a small file.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/fd.h"
#include "core/frame.h"
#include "core/result.h"

namespace virtscope::exporters {

struct Position {
    std::uint64_t sequence = 0;
    std::int64_t realtime = 0;   // ns
    std::int64_t monotonic = 0;  // ns, of the boot
    std::string boot_id;
    // What the exporter makes of frames where there is a choice, in its own words; empty: there is none. A position is
    // only of use to the same.
    std::string form{};

    bool operator==(const Position&) const = default;
};

Position position_of(const Frame& frame);

// Whether `frame` was taken after that position: by the monotonic clock within a boot, else by the wall clock.
bool is_after(const Frame& frame, const Position& position);

// One line of JSON in `path`. Nothing where there is no file. Errors: denied, system; malformed: not such a file, with
// the fix.
Result<std::optional<Position>> load_position(const std::string& path);

// The file is replaced as a whole: whoever loads it finds the old or the new one, after a crash too. Errors: denied,
// absent (the folder), system.
Result<> save_position(const std::string& path, const Position& position);

// Two exporters with one position would each take frames from the other: whoever follows the ring holds it for as long
// as it runs, by a lock on a file beside `path`. Where that file cannot be made nothing is held; saving will say why.
// Errors: busy, with the fix.
Result<Fd> hold_position(const std::string& path);

}  // namespace virtscope::exporters

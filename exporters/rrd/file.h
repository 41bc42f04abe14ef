// File: an RRD that is written to, and what is known of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "exporters/rrd/file_type.h"

namespace virtscope::exporters::rrd {

// What stands on the disk, or was just made.
struct Existing {
    std::int64_t step = 0;             // s
    std::int64_t last = 0;             // s since the epoch, of the last update
    std::vector<std::string> sources;  // names, in their order
};

struct File {
    enum class State : std::uint8_t {
        unknown,    // nobody has looked
        preparing,  // it is being looked for, and made
        ready,
        aside,  // it cannot be written: left out until `again`
    };

    std::string path;  // absolute
    const FileType* type = nullptr;
    State state = State::unknown;
    std::int64_t last = 0;           // s: what is not after it is there already
    std::vector<std::size_t> order;  // of each source of the file our own one, or no_column; empty: as in `type`
    std::vector<std::string> held;   // updates that wait, oldest first: "1700000000:1:2"
    std::int64_t again = 0;          // monotonic ns
};

}  // namespace virtscope::exporters::rrd

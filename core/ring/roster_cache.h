// RosterCache: the few rosters a reader met last, so that one is decoded once and shared by its frames.
#pragma once

#include <array>
#include <cstdint>

#include "core/ring/file.h"

namespace virtscope::ring {

class RosterCache {
public:
    // The roster record at `position`, decoded. `scratch` is working memory.
    Fetched get(const RingFile& file, std::uint64_t position, Bytes& scratch, RosterPtr& out);
    void clear() { *this = {}; }

private:
    struct Entry {
        std::uint64_t position = 0;
        // What two records of the same content have in common.
        std::uint64_t number = 0;
        std::uint32_t length = 0;
        std::uint32_t crc = 0;
        RosterPtr roster;
    };
    void keep(Entry entry);

    std::array<Entry, 4> entries_;
    std::size_t next_ = 0;
};

}  // namespace virtscope::ring

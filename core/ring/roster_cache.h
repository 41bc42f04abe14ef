// RosterCache: the few rosters a reader met last, so that one is decoded once and shared by its frames.
#pragma once

#include <array>
#include <cstdint>

#include "core/ring/file.h"

namespace virtscope::ring {

class RosterCache {
public:
    // The roster record at `position`, decoded; where it is damaged or overwritten, a repetition of it, which has the same
    // number (the low half of its sequence). `scratch` is working memory.
    Fetched get(const RingFile& file, std::uint64_t position, std::uint32_t number, Bytes& scratch, RosterPtr& out);
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
    const Entry* known(std::uint64_t position, std::uint32_t number) const;
    Fetched read(const RingFile& file, RecordHeader header, std::uint64_t position, Bytes& scratch, RosterPtr& out);
    Fetched find_repetition(const RingFile& file, std::uint64_t position, std::uint32_t number, Bytes& scratch, RosterPtr& out);
    void keep(Entry entry);

    std::array<Entry, 4> entries_;
    std::size_t next_ = 0;
    std::uint64_t lost_ = 0;  // position of one for which there is no repetition: not looked for again and again
    std::uint64_t lost_at_ = 0;  // the head when it was looked for
};

}  // namespace virtscope::ring

// RecordPass: one look at each record between tail and head: which frames there are, and where bytes are no record.
#pragma once

#include <cstdint>
#include <vector>

#include "core/ring/file.h"

namespace virtscope::ring {

class RecordPass {
public:
    RecordPass(const RingFile& file, const Words& words);

    // Adds a frame whose record is whole and cannot be decoded all the same; they come in order.
    void add_lie(std::uint64_t position) { lies_.push_back(position); }
    std::uint64_t damaged() const { return damage_.size() + lies_.size(); }
    bool damaged_between(std::uint64_t from, std::uint64_t to) const;

    // Frame records with from <= position <= to.
    std::uint64_t count(std::uint64_t from, std::uint64_t to) const;
    // Frames that must have been where no record can be recognised.
    std::uint64_t missing() const { return missing_; }

    struct Seen {
        std::uint64_t position;
        std::uint64_t sequence;
        std::uint64_t base;
    };
    // Of frames with one number only the last: the others were never published.
    const std::vector<Seen>& frames() const { return frames_; }

private:
    void look(const RecordHeader& record);
    void meet(const RecordHeader& frame);
    void skip(std::uint64_t from, std::uint64_t to);
    std::uint64_t missing_before(const RecordHeader& frame) const;
    bool overtaken(std::uint64_t position) const;

    const RingFile& file_;
    std::vector<std::uint64_t> damage_;     // positions, rising
    std::vector<std::uint64_t> lies_;       // likewise
    std::vector<std::uint64_t> positions_;  // of all frame records, rising
    std::vector<Seen> frames_;
    std::uint64_t missing_ = 0;
    std::uint64_t gap_ = 0;        // bytes that were no record since the last frame
    std::uint64_t gap_begin_ = 0;  // where the first of them lies
    Bytes scratch_;
};

}  // namespace virtscope::ring

// FrameIndex: where the frames of a ring are, oldest first, as far back as somebody asked.
//
// It starts with the newest frame and grows at both ends: forward to what was published since, back
// along the records' `previous` links. Where a record on the way is damaged it looks through the
// bytes for the records behind it, so one bad record costs one frame. Only headers are read.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "core/ring/file.h"

namespace virtscope::ring {

class FrameIndex {
public:
    // Brings in what was published and drops what was overwritten. Errors: malformed.
    Result<> refresh(const RingFile& file);
    // Adds the frame before the oldest one known; false if the ring has none.
    bool extend(const RingFile& file);
    void clear() { *this = {}; }
    void clear_frames() {
        frames_.clear();
        floor_ = 0;
    }

    bool empty() const { return frames_.empty(); }
    std::size_t size() const { return frames_.size(); }
    const RecordHeader& operator[](std::size_t i) const { return frames_[i]; }
    const RecordHeader& oldest() const { return frames_.front(); }
    const RecordHeader& newest() const { return frames_.back(); }

private:
    void drop_lapped();
    bool walk_back(const RingFile& file, const Words& words);
    void append_found(const RingFile& file, std::uint64_t from, std::uint64_t to);
    bool find_older(const RingFile& file, std::uint64_t to);

    std::deque<RecordHeader> frames_;
    std::uint64_t tail_ = 0;
    std::uint64_t floor_ = 0;  // nothing to be found below
};

// All whole frame headers with from <= position < to, oldest first.
std::vector<RecordHeader> frames_between(const RingFile& file, std::uint64_t from, std::uint64_t to);

}  // namespace virtscope::ring

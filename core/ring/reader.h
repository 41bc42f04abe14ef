// RingReader: the only way a view, a check or an exporter gets data.
//
// Maps the ring file read-only: a reader can neither change the ring nor hold up its writer, and any
// number of readers in any number of processes may follow one writer. A reader that was overtaken is
// told so; it never returns bytes that were being overwritten (position and CRC are checked after
// copying). Not thread-safe: one RingReader a thread.
//
// Frames carry their roster; frames of one reader that share a roster on disk share it in memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "core/frame.h"
#include "core/result.h"

namespace virtscope {

// What a ring file says about itself and holds now.
struct RingInfo {
    std::uint32_t version = 0;
    std::uint64_t capacity = 0;      // bytes for records
    std::uint64_t bytes = 0;         // bytes of it in use
    std::uint64_t frames = 0;        // frames that can be read
    std::uint64_t values = 0;        // present cells in them
    std::uint64_t damaged = 0;       // records skipped because their CRC did not match
    std::int64_t from = 0, to = 0;   // realtime ns of the oldest and the newest frame
    std::string host, boot_id;
    std::int64_t writer_pid = 0;     // last process that wrote
};

// Frames published after a point, and how many were missed because the reader was too slow.
struct RingBatch {
    std::vector<FramePtr> frames;  // oldest first
    std::uint64_t lost = 0;
};

class RingReader {
public:
    // Errors: absent (no such file), denied, malformed (not a ring, or damaged beyond use),
    // unsupported (other format version, byte order or catalogue); each message names file and fix.
    static Result<RingReader> open(const std::string& path);
    RingReader(RingReader&&) noexcept;
    RingReader& operator=(RingReader&&) noexcept;
    ~RingReader();

    // The newest frame. Errors: absent when none has been published yet.
    Result<FramePtr> newest();

    // The newest frame that is at least `age` older than `frame` (monotonic, same boot); where the ring does not
    // reach that far, the oldest one it has. Null when there is no older frame of that boot.
    Result<FramePtr> before(const Frame& frame, std::chrono::nanoseconds age);

    // Frames with a sequence greater than `sequence`, at most `limit` of them, oldest first.
    Result<RingBatch> since(std::uint64_t sequence, std::size_t limit);

    // The newest frame not after `realtime` (ns since the epoch). Errors: absent.
    Result<FramePtr> at(std::int64_t realtime);

    Result<RingInfo> info();

private:
    struct Mapping;
    explicit RingReader(std::unique_ptr<Mapping> mapping);
    std::unique_ptr<Mapping> mapping_;
};

}  // namespace virtscope

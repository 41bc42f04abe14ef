// RingReader: the only way a view, a check or an exporter gets data.
//
// Opens the ring file read-only and copies records out by pread: a reader can neither change the ring
// nor hold up its writer, any number of readers in any number of processes may follow one writer,
// and a file cut short under a reader gives an error, never a signal. A reader that was overtaken is
// told so; it never returns bytes that were being overwritten (position and CRC are checked after
// copying). When the writer sets the file aside and begins a new one, the reader follows to the new
// file by itself, as to the stand-in in memory while the file cannot be written (core/ring/stand_in.h). Never blocks but for the disk. Not thread-safe: one RingReader a thread.
//
// Frames carry their roster; frames of one reader with the same roster share it in memory, also where
// the ring repeats it. A frame that its last holder has let go lends its memory to the next newest(): let frames go in
// the reader's own thread.
//
// Any call can fail with malformed (the file is damaged beyond use) and, after the file was replaced,
// with what open() can fail with.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
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
    std::uint64_t damaged = 0;       // places where records are skipped because they are not whole
    std::int64_t from = 0, to = 0;   // realtime ns of the oldest and the newest frame
    std::string host, boot_id;
    std::int64_t writer_pid = 0;     // last process that wrote
    std::uint64_t file_bytes = 0;    // of the whole file
    bool recording = false;
    std::optional<std::int64_t> writing;  // the process that has it open to write now, if that is to be seen
};

// Frames published after a point, and how many between that point and the last of `frames` cannot be had:
// overwritten because the reader was too slow, or damaged. A first call with sequence 0 counts all
// frames since the ring was made, so whoever has just come ignores `lost`.
struct RingBatch {
    std::vector<FramePtr> frames;  // oldest first
    std::uint64_t lost = 0;
};

// A stretch of time by the wall clock, ns since the epoch, both ends included. Where the clock was set
// back, frames keep the order in which they were taken: some inside a stretch may be skipped by it.
struct TimeRange {
    std::int64_t from = std::numeric_limits<std::int64_t>::min();
    std::int64_t to = std::numeric_limits<std::int64_t>::max();
};

// The first and the last frame that there are, by what their records' headers say.
struct RingExtent {
    std::int64_t from = 0, to = 0;  // realtime ns
    std::uint64_t first = 0, last = 0;
};

// What a scan goes over. With a guest, only that guest's rows are decoded: every other row of the
// frames is absent, those of the host and the agent too, and frames without that guest are left out.
// `host_only`, where no guest is named: only the host's and the agent's rows. Events are whole always.
struct Selection {
    TimeRange range;
    std::optional<Uuid> guest;
    bool host_only = false;
};

class RingReader {
public:
    // Errors: absent (no such file), denied, malformed (not a ring, or damaged beyond use),
    // unsupported (other format version, byte order or catalogue); each message names file and fix.
    static Result<RingReader> open(const std::string& path);
    RingReader(RingReader&&) noexcept;
    RingReader& operator=(RingReader&&) noexcept;
    ~RingReader();

    // What is read is a recording: it has an end, and nobody writes it any more.
    bool is_recording() const;

    // The newest frame. Errors: absent when none has been published yet.
    Result<FramePtr> newest();

    // The newest frame that is at least `age` older than `frame` (monotonic, same boot); where the ring
    // does not reach that far, the oldest one it has. Null when there is no older frame of that boot.
    // With `slack` it may be one that is older by up to that: of those, the one that is cheapest to decode.
    Result<FramePtr> before(const Frame& frame, std::chrono::nanoseconds age,
                            std::chrono::nanoseconds slack = std::chrono::nanoseconds::zero());

    // Frames with a sequence greater than `sequence`, at most `limit` of them, oldest first. To follow,
    // pass the sequence of the last frame received.
    Result<RingBatch> since(std::uint64_t sequence, std::size_t limit);

    // The newest frame not after `realtime` (ns since the epoch). Errors: absent.
    Result<FramePtr> at(std::int64_t realtime);

    // The oldest frame that can be read. Errors: absent.
    Result<FramePtr> oldest();

    // From the oldest to the newest frame, at the price of a look for what was published since. Errors: absent.
    Result<RingExtent> extent();

    // The frame `count` places after `frame`, before it if negative; where the ring ends sooner, the last one
    // on the way, which may be a frame equal to `frame`. Errors: absent.
    Result<FramePtr> step(const Frame& frame, std::int64_t count);

    // Sleeps until there is a frame after `sequence`, or the writer replaced the file; false when `timeout`
    // is over first. Errors: as since().
    Result<bool> wait(std::uint64_t sequence, std::chrono::nanoseconds timeout);

    // Goes over frames, oldest first, until `visit` returns false. The frame is changed in place for
    // the next call: copy what is to be kept (its roster may be shared). Returns how many frames of the stretch
    // could not be read (damaged, or overwritten meanwhile).
    using Visit = std::function<bool(const Frame&)>;
    Result<std::uint64_t> scan(const Selection& selection, const Visit& visit);

    // Reads and checks the whole ring: some 10 ms for each 64 MiB.
    Result<RingInfo> info();

private:
    struct Source;
    explicit RingReader(std::unique_ptr<Source> source);
    std::unique_ptr<Source> source_;
};

}  // namespace virtscope

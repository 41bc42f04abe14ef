// FrameLog: appends frames to a Log, with the rosters and checkpoints that they need before them. What becomes
// of a frame that was appended (an image, readers who wait) is its owner's business.
#pragma once

#include <cstdint>

#include "core/frame.h"
#include "core/result.h"
#include "core/ring/codec.h"
#include "core/ring/log.h"

namespace virtscope::ring {

class FrameLog {
public:
    explicit FrameLog(WriterFile opened);

    // Appends the frame as number `sequence`, higher than those before it; returns the position of its record, which
    // nobody is told of yet. Errors: unsupported (the frame or its roster is larger than a quarter of the capacity),
    // malformed (no roster, or tables not of its shape), those of the disk. Then begin_anew() before the next one.
    Result<std::uint64_t> append(const Frame& frame, std::uint64_t sequence);

    // Ends the log with a checkpoint, if frames follow the last one: behind damage they are decoded backwards from it.
    // Errors: as append().
    Result<> close();

    // After a frame that came to nothing: what was coded and not written is known to nobody, and the next frame leans
    // on none of it.
    void begin_anew() { roster_.reset(); }

    // Makes the frame record at `position` the newest one. Errors: those of the disk.
    Result<> publish(std::uint64_t position) { return log_.publish(position); }
    void wake_readers() { log_.wake_readers(); }

    const WriterFile& file() const { return log_.file(); }
    const Words& words() const { return log_.words(); }
    std::uint64_t bytes_written() const { return log_.bytes_written(); }
    // Errors: malformed: the file was cut short under us.
    Result<> whole_file() const { return log_.whole_file(); }

    // After the frame appended last.
    const State& state() const { return encoder_.state(); }
    std::uint64_t roster_position() const { return roster_position_; }
    std::uint64_t roster_number() const { return roster_number_; }

private:
    Result<> begin_roster(const RosterPtr& next, std::uint64_t sequence);
    Result<> append_roster();
    Result<> checkpoint();
    bool checkpoint_due() const;
    Result<> prepare(const Frame& frame, std::uint64_t sequence);
    RecordHeader header(RecordType type, const Frame& frame) const;
    Result<std::uint64_t> append_record(RecordHeader header);

    std::uint32_t seed_;
    Log log_;
    Encoder encoder_;
    Payload roster_bytes_;
    Payload bytes_;

    RosterPtr roster_;  // that of the frames being written; null: the next one begins anew
    std::uint64_t roster_position_ = 0;  // 0: not in the log yet
    std::uint64_t roster_number_ = 0;  // sequence of the first frame with it
    bool roster_repeated_ = false;
    std::uint64_t base_ = 0;        // record from which the frames being written are decoded
    std::uint64_t base_size_ = 0;        // bytes of it
    std::uint64_t since_base_ = 0;  // frames after it
    std::uint64_t last_ = 0;        // the frame before
    std::uint32_t boot_ = 0;
};

}  // namespace virtscope::ring

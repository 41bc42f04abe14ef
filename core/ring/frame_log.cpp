#include "core/ring/frame_log.h"

#include <algorithm>
#include <utility>

namespace virtscope::ring {

FrameLog::FrameLog(WriterFile opened)
    : seed_(crc_seed(opened.constant.salt)), log_(std::move(opened)), last_(log_.words().newest) {}

Result<> FrameLog::append_roster() {
    RecordHeader header{};
    header.type = RecordType::roster;
    header.sequence = roster_number_;
    const auto at = log_.append(header, roster_bytes_);
    if (!at) return std::unexpected(at.error());
    roster_position_ = *at;
    return {};
}

Result<> FrameLog::close() { return roster_ && since_base_ > 0 ? checkpoint() : Result<>(); }

// The frames before are closed by a checkpoint: behind damage they are decoded backwards from it.
Result<> FrameLog::begin_roster(const RosterPtr& next, std::uint64_t sequence) {
    if (auto closed = close(); !closed) return closed;
    roster_.reset();
    if (auto encoded = encode_roster(*next, roster_bytes_.head); !encoded) return encoded;
    if (auto fitting = log_.fits(roster_bytes_, "roster"); !fitting) return fitting;
    roster_number_ = sequence;
    boot_ = boot_hash(next->host.boot_id);
    roster_ = next;
    roster_position_ = 0;
    roster_repeated_ = false;
    base_ = 0;
    return {};
}

RecordHeader FrameLog::header(RecordType type, const Frame& frame) const {
    RecordHeader made{};
    made.type = type;
    made.realtime = frame.realtime;
    made.monotonic = frame.monotonic;
    made.boot = boot_;
    made.sequence = frame.sequence;
    return made;
}

// Completes the links, which are distances from the record's own place.
Result<std::uint64_t> FrameLog::append_record(RecordHeader made) {
    const std::uint64_t position = log_.next_position(bytes_);
    const auto back = [position](std::uint64_t to) { return static_cast<std::uint32_t>((position - to) / 8); };
    const bool reaches = last_ != 0 && position - last_ <= max_distance;
    made.previous_distance = reaches ? back(last_) : 0;
    made.base_distance = base_ == 0 || made.type == RecordType::checkpoint ? 0 : back(base_);
    made.roster_distance = back(roster_position_);
    made.roster_age = static_cast<std::uint32_t>(made.sequence - roster_number_);
    made.values = bytes_.values;
    return log_.append(made, bytes_);
}

Result<> FrameLog::checkpoint() {
    if (log_.words().head - roster_position_ >= std::min(log_.capacity() / 8, std::uint64_t{1} << 30)) {
        if (auto repeated = append_roster(); !repeated) return repeated;
    }
    encoder_.checkpoint(seed_, bytes_);
    if (auto fitting = log_.fits(bytes_, "checkpoint"); !fitting) return fitting;
    const auto at = append_record(header(RecordType::checkpoint, encoder_.state().frame));
    if (!at) return std::unexpected(at.error());
    base_ = *at;
    base_size_ = log_.words().head - *at;
    since_base_ = 0;
    return {};
}

// In a ring that holds few frames a group is shorter, but checkpoints must not be most of what there is.
bool FrameLog::checkpoint_due() const {
    const std::uint64_t longest = std::min(log_.capacity() / 4, std::uint64_t{1} << 30);
    const std::uint64_t worthwhile = std::max(log_.capacity() / 16, 4 * base_size_);
    return since_base_ >= group_frames || log_.words().head - base_ >= std::min(worthwhile, longest);
}

// Whatever must be in the log before the frame.
Result<> FrameLog::prepare(const Frame& frame, std::uint64_t sequence) {
    if (!roster_ || (roster_ != frame.roster && !(*roster_ == *frame.roster))) {
        return begin_roster(frame.roster, sequence);
    }
    roster_ = frame.roster;
    if (!std::exchange(roster_repeated_, true)) {
        if (auto repeated = append_roster(); !repeated) return repeated;
    }
    return checkpoint_due() ? checkpoint() : Result<>();
}

Result<std::uint64_t> FrameLog::append(const Frame& frame, std::uint64_t sequence) {
    if (!frame.roster) return fail(ErrorKind::malformed, "{}: a frame without a roster", file().path);
    if (auto prepared = prepare(frame, sequence); !prepared) return std::unexpected(prepared.error());
    if (auto encoded = encoder_.frame(frame, base_ == 0, sequence, seed_, bytes_); !encoded) {
        return std::unexpected(encoded.error());
    }
    if (auto fitting = log_.fits(bytes_, "frame"); !fitting) return std::unexpected(fitting.error());
    // Only now: a frame that cannot be written leaves nothing behind, however often it is tried.
    if (roster_position_ == 0) {
        if (auto appended = append_roster(); !appended) return std::unexpected(appended.error());
    }
    const auto at = append_record(header(RecordType::frame, encoder_.state().frame));
    if (!at) return at;
    since_base_ = base_ == 0 ? 0 : since_base_ + 1;
    if (base_ == 0) base_size_ = log_.words().head - *at;
    if (base_ == 0) base_ = *at;
    last_ = *at;
    return at;
}

}  // namespace virtscope::ring

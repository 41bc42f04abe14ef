#include "core/ring/writer.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "core/ring/codec.h"
#include "core/ring/image.h"
#include "core/ring/log.h"
#include "core/ring/writer_file.h"

namespace virtscope {

using ring::RecordHeader;
using ring::RecordType;

struct RingWriter::State {
    explicit State(ring::WriterFile opened)
        : sequence(opened.sequence), seed(ring::crc_seed(opened.constant.salt)), log(std::move(opened)), last(log.words().newest) {}

    std::uint64_t sequence;
    std::uint32_t seed;
    ring::Log log;
    ring::Encoder encoder;
    ring::ImageWriter image;
    ring::Payload roster_bytes;
    ring::Payload bytes;

    RosterPtr roster;                   // that of the frames being written; null: the next one begins anew
    std::uint64_t roster_position = 0;
    std::uint64_t roster_number = 0;    // sequence of the first frame with it
    bool roster_repeated = false;
    std::uint64_t base = 0;             // record from which the frames being written are decoded
    std::uint64_t since_base = 0;       // frames after it
    std::uint64_t last = 0;             // the frame before
    std::uint32_t boot = 0;

    Result<> begin_roster(const RosterPtr& next);
    Result<> append_roster();
    Result<> checkpoint();
    bool checkpoint_due() const;
    Result<> prepare(const Frame& frame);
    RecordHeader header(RecordType type, const Frame& frame) const;
    Result<std::uint64_t> append(RecordHeader header);
    Result<> publish(Frame& frame);
};

Result<> RingWriter::State::append_roster() {
    RecordHeader header{};
    header.type = RecordType::roster;
    header.sequence = roster_number;
    const auto at = log.append(header, roster_bytes);
    if (!at) return std::unexpected(at.error());
    roster_position = *at;
    return {};
}

// The frames before are closed by a checkpoint: behind damage they are decoded backwards from it.
Result<> RingWriter::State::begin_roster(const RosterPtr& next) {
    if (roster && since_base > 0) {
        if (auto closed = checkpoint(); !closed) return closed;
    }
    roster.reset();
    if (auto encoded = ring::encode_roster(*next, roster_bytes.head); !encoded) return encoded;
    if (auto fitting = log.fits(roster_bytes, "roster"); !fitting) return fitting;
    roster_number = sequence + 1;
    boot = ring::boot_hash(next->host.boot_id);
    if (auto appended = append_roster(); !appended) return appended;
    roster = next;
    roster_repeated = false;
    base = 0;
    return {};
}

RecordHeader RingWriter::State::header(RecordType type, const Frame& frame) const {
    RecordHeader made{};
    made.type = type;
    made.realtime = frame.realtime;
    made.monotonic = frame.monotonic;
    made.boot = boot;
    made.sequence = frame.sequence;
    return made;
}

// Completes the links, which are distances from the record's own place.
Result<std::uint64_t> RingWriter::State::append(RecordHeader made) {
    const std::uint64_t position = log.next_position(bytes);
    const auto back = [position](std::uint64_t to) { return static_cast<std::uint32_t>((position - to) / 8); };
    const bool reaches = last != 0 && position - last <= ring::max_distance;
    made.previous_distance = reaches ? back(last) : 0;
    made.base_distance = base == 0 || made.type == RecordType::checkpoint ? 0 : back(base);
    made.roster_distance = back(roster_position);
    made.roster_age = static_cast<std::uint32_t>(made.sequence - roster_number);
    made.values = bytes.values;
    return log.append(made, bytes);
}

Result<> RingWriter::State::checkpoint() {
    if (log.words().head - roster_position >= std::min(log.capacity() / 8, std::uint64_t{1} << 30)) {
        if (auto repeated = append_roster(); !repeated) return repeated;
    }
    encoder.checkpoint(seed, bytes);
    if (auto fitting = log.fits(bytes, "checkpoint"); !fitting) return fitting;
    const auto at = append(header(RecordType::checkpoint, encoder.state().frame));
    if (!at) return std::unexpected(at.error());
    base = *at;
    since_base = 0;
    return {};
}

bool RingWriter::State::checkpoint_due() const {
    return since_base >= ring::group_frames || log.words().head - base >= std::min(log.capacity() / 16, std::uint64_t{1} << 30);
}

// Whatever must be in the log before the frame.
Result<> RingWriter::State::prepare(const Frame& frame) {
    if (!roster || (roster != frame.roster && !(*roster == *frame.roster))) return begin_roster(frame.roster);
    roster = frame.roster;
    if (!std::exchange(roster_repeated, true)) {
        if (auto repeated = append_roster(); !repeated) return repeated;
    }
    return checkpoint_due() ? checkpoint() : Result<>();
}

Result<> RingWriter::State::publish(Frame& frame) {
    if (auto whole = log.whole_file(); !whole) return whole;
    if (auto prepared = prepare(frame); !prepared) return prepared;
    if (auto encoded = encoder.frame(frame, base == 0, sequence + 1, seed, bytes); !encoded) return encoded;
    if (auto fitting = log.fits(bytes, "frame"); !fitting) return fitting;
    const auto at = append(header(RecordType::frame, encoder.state().frame));
    if (!at) return std::unexpected(at.error());
    since_base = base == 0 ? 0 : since_base + 1;
    if (base == 0) base = *at;
    last = *at;
    const ring::WriterFile& file = log.file();
    const bool imaged = image.write(file.fd.get(), file.constant, encoder.state(), *at, roster_position,
                                    static_cast<std::uint32_t>(roster_number), frame.events.size());
    if (!imaged) return fail_errno(errno, "{}: write", file.path);
    log.publish(*at);
    frame.sequence = ++sequence;
    return {};
}

RingWriter::RingWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RingWriter::RingWriter(RingWriter&&) noexcept = default;
RingWriter& RingWriter::operator=(RingWriter&&) noexcept = default;
RingWriter::~RingWriter() = default;

Result<RingWriter> RingWriter::open(const std::string& path, std::uint64_t bytes, std::uint64_t sequence) {
    auto file = ring::open_to_write(path, bytes);
    if (!file) return std::unexpected(file.error());
    file->sequence = std::max(file->sequence, sequence);
    return RingWriter(std::make_unique<State>(std::move(*file)));
}

Result<> RingWriter::publish(Frame& frame) {
    if (!frame.roster) return fail(ErrorKind::malformed, "{}: a frame without a roster", state_->log.file().path);
    auto published = state_->publish(frame);
    // What was coded and not written is known to nobody: the next frame begins anew.
    if (!published) state_->roster.reset();
    return published;
}

std::uint64_t RingWriter::sequence() const { return state_->sequence; }
int RingWriter::fd() const { return state_->log.file().fd.get(); }
std::uint64_t RingWriter::bytes_written() const { return state_->log.bytes_written(); }
const std::string& RingWriter::notice() const { return state_->log.file().notice; }

}  // namespace virtscope

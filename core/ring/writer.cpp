#include "core/ring/writer.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <utility>

#include <sys/stat.h>

#include "core/ring/codec.h"
#include "core/ring/writer_file.h"

namespace virtscope {

using ring::RecordHeader;
using ring::RecordType;

// Why the stores are ordered as they are: core/ring/format.h.
struct RingWriter::State {
    explicit State(ring::WriterFile opened)
        : file(std::move(opened)), words(file.words), sequence(file.sequence) {}

    ring::WriterFile file;
    ring::Words words;
    std::uint64_t sequence;
    std::uint64_t written = 0;

    RosterPtr roster;                   // the one in roster_bytes
    std::uint64_t roster_position = 0;  // 0: not in the ring yet
    std::uint64_t roster_number = 0;
    std::uint64_t boot = 0;
    ring::Bytes roster_bytes;
    ring::Bytes frame_bytes;

    std::uint64_t capacity() const { return file.constant.capacity; }
    std::byte* at(std::uint64_t position) const { return file.mapping.data() + ring::page + position % capacity(); }

    Result<> whole_file() const;
    Result<> fits(const ring::Bytes& payload, std::string_view what) const;
    Result<> set_roster(const RosterPtr& next);
    void make_room(std::uint64_t end);
    void seal(RecordHeader& header, const ring::Bytes* payload) const;
    std::uint64_t append(RecordHeader header, const ring::Bytes& payload);
    void store(std::uint64_t& word, std::uint64_t value) const;
};

// A store to a mapping whose file was cut short is a SIGBUS.
Result<> RingWriter::State::whole_file() const {
    struct stat status {};
    if (::fstat(file.fd.get(), &status) != 0) return fail_errno(errno, "{}: stat", file.path);
    if (static_cast<std::uint64_t>(status.st_size) >= file.mapping.size()) return {};
    return fail(ErrorKind::malformed, "{}: cut short under its writer: open it again to repair it", file.path);
}

Result<> RingWriter::State::fits(const ring::Bytes& payload, std::string_view what) const {
    const std::uint64_t size = ring::record_size(payload.size());
    if (size <= capacity() / 4 && payload.size() <= ring::max_payload) return {};
    return fail(ErrorKind::unsupported, "{}: a {} of {} bytes does not fit: the ring needs at least {} bytes", file.path, what,
                size, size * 4);
}

Result<> RingWriter::State::set_roster(const RosterPtr& next) {
    if (roster && (roster == next || *roster == *next)) {
        roster = next;
        return {};
    }
    // Until it is known to fit there is none: a failure must not leave bytes and roster apart.
    roster.reset();
    if (auto encoded = ring::encode_roster(*next, roster_bytes); !encoded) return encoded;
    if (auto fitting = fits(roster_bytes, "roster"); !fitting) return fitting;
    roster = next;
    roster_position = 0;
    roster_number = sequence + 1;
    boot = ring::boot_hash(next->host.boot_id);
    return {};
}

void RingWriter::State::store(std::uint64_t& word, std::uint64_t value) const {
    std::atomic_ref(word).store(value, std::memory_order_release);
}

// Moves the tail past every record that the ring up to `end` overwrites.
void RingWriter::State::make_room(std::uint64_t end) {
    std::uint64_t tail = words.tail;
    while (end - tail > capacity()) {
        RecordHeader record{};
        std::memcpy(&record, at(tail), sizeof record);
        const bool whole = ring::whole(record, tail % capacity(), capacity(), file.constant.salt) && record.position == tail;
        tail = whole ? ring::after(record, capacity()) : ring::skip_stub(tail + 8, capacity());
    }
    words.tail = std::min(tail, words.head);
    if (words.newest < words.tail && words.newest != 0) {
        words.newest = 0;
        store(file.header().words.newest, 0);
    }
    store(file.header().words.tail, words.tail);
    // A release store orders what comes before it; what comes after it needs the fence.
    std::atomic_thread_fence(std::memory_order_release);
}

void RingWriter::State::seal(RecordHeader& header, const ring::Bytes* payload) const {
    header.magic = ring::record_magic;
    header.payload_crc = payload == nullptr ? 0 : ring::payload_crc(*payload, file.constant.salt);
    header.header_crc = ring::header_crc(header, file.constant.salt);
}

// Writes a record, behind a padding record where the lap is too short for it; returns its position.
std::uint64_t RingWriter::State::append(RecordHeader header, const ring::Bytes& payload) {
    const std::uint64_t size = ring::record_size(payload.size());
    const std::uint64_t rest = capacity() - words.head % capacity();
    const std::uint64_t position = size <= rest ? words.head : words.head + rest;
    const std::uint64_t end = ring::skip_stub(position + size, capacity());
    make_room(end);
    if (position != words.head) {
        RecordHeader padding{};
        padding.type = RecordType::padding;
        padding.position = words.head;
        padding.length = static_cast<std::uint32_t>(rest - sizeof padding);
        seal(padding, nullptr);
        std::memcpy(at(words.head), &padding, sizeof padding);
    }
    header.position = position;
    header.length = static_cast<std::uint32_t>(payload.size());
    seal(header, &payload);
    std::byte* to = at(position) + sizeof header;
    std::memcpy(to, payload.data(), payload.size());
    std::memset(to + payload.size(), 0, size - sizeof header - payload.size());
    // A header in the ring means that its payload is there.
    std::atomic_thread_fence(std::memory_order_release);
    std::memcpy(at(position), &header, sizeof header);
    written += end - words.head;
    words.head = end;
    store(file.header().words.head, end);
    return position;
}

RingWriter::RingWriter(std::unique_ptr<State> state) : state_(std::move(state)) {}
RingWriter::RingWriter(RingWriter&&) noexcept = default;
RingWriter& RingWriter::operator=(RingWriter&&) noexcept = default;
RingWriter::~RingWriter() = default;

Result<RingWriter> RingWriter::open(const std::string& path, std::uint64_t bytes) {
    auto file = ring::open_to_write(path, bytes);
    if (!file) return std::unexpected(file.error());
    auto state = std::make_unique<State>(std::move(*file));
    ring::Words& stored = state->file.header().words;
    state->store(stored.tail, state->words.tail);
    state->store(stored.head, state->words.head);
    state->store(stored.newest, state->words.newest);
    return RingWriter(std::move(state));
}

Result<> RingWriter::publish(Frame& frame) {
    State& s = *state_;
    if (!frame.roster) return fail(ErrorKind::malformed, "{}: a frame without a roster", s.file.path);
    if (auto whole = s.whole_file(); !whole) return whole;
    const auto values = ring::encode_frame(frame, s.frame_bytes);
    if (!values) return std::unexpected(values.error());
    if (auto fitting = s.fits(s.frame_bytes, "frame"); !fitting) return fitting;
    if (auto set = s.set_roster(frame.roster); !set) return set;
    if (s.roster_position == 0 || s.words.head - s.roster_position >= s.capacity() / 8) {
        RecordHeader header{};
        header.type = RecordType::roster;
        header.sequence = s.roster_number;
        s.roster_position = s.append(header, s.roster_bytes);
    }
    RecordHeader header{};
    header.type = RecordType::frame;
    header.sequence = s.sequence + 1;
    header.previous = s.words.newest;
    header.roster = s.roster_position;
    header.realtime = frame.realtime;
    header.monotonic = frame.monotonic;
    header.boot = s.boot;
    header.values = *values;
    s.words.newest = s.append(header, s.frame_bytes);
    s.store(s.file.header().words.newest, s.words.newest);
    frame.sequence = ++s.sequence;
    return {};
}

std::uint64_t RingWriter::bytes_written() const { return state_->written; }
const std::string& RingWriter::notice() const { return state_->file.notice; }

}  // namespace virtscope

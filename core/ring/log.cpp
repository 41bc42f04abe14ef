#include "core/ring/log.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <limits>
#include <utility>

#include <linux/futex.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/ring/file.h"
#include "core/ring/io.h"

namespace virtscope::ring {
namespace {

std::uint64_t size_of(const Payload& payload) { return record_size(payload.head.size() + payload.body.size()); }

}  // namespace

Log::Log(WriterFile opened) : file_(std::move(opened)), words_(file_.words) {
}

// Whoever cuts the file short, or removes it, must be noticed: what we write then is lost.
Result<> Log::whole_file() const {
    struct stat status {};
    if (::fstat(file_.fd.get(), &status) != 0) return fail_errno(errno, "{}: stat", file_.path);
    if (status.st_nlink == 0 && !file_.in_memory) return fail(ErrorKind::malformed, "{}: removed under its writer", file_.path);
    const auto there = read_header(file_.fd.get(), file_.path);
    if (!there) return std::unexpected(there.error());
    const bool ours = there->constant.magic == file_.constant.magic && there->constant.salt == file_.constant.salt;
    if (ours && static_cast<std::uint64_t>(status.st_size) >= file_.size()) return {};
    // What we wrote behind the cut has made it longer again, with zeros in front: nobody would know it for a ring.
    if (there->constant.magic == 0) (void)!::ftruncate(file_.fd.get(), 0);
    return fail(ErrorKind::malformed, "{}: cut short under its writer: open it again to repair it", file_.path);
}

Result<> Log::fits(const Payload& payload, std::string_view what) const {
    const std::uint64_t size = size_of(payload);
    if (size <= capacity() / 4 && size <= max_payload) return {};
    return fail(ErrorKind::unsupported, "{}: a {} of {} bytes does not fit: the ring needs at least {} bytes", file_.path, what,
                size, size * 5);
}

// By pwrite, not through the mapping: a file cut short in between is a SIGBUS there.
bool Log::store(std::uint64_t offset, std::uint64_t value) const {
    std::atomic_thread_fence(std::memory_order_release);
    return write_at(file_.fd.get(), offsetof(HeaderPage, words) + offset, bytes_of(value));
}

// Moves the tail past every record that the ring up to `end` overwrites.
Result<> Log::make_room(std::uint64_t end) {
    std::uint64_t tail = words_.tail;
    while (end - tail > capacity()) {
        RecordHeader record{};
        const auto bytes = std::as_writable_bytes(std::span(&record, 1));
        const bool read = read_some(file_.fd.get(), at(tail), bytes) == sizeof record;
        if (!read && errno != 0) return fail_errno(errno, "{}: read", file_.path);
        const std::uint64_t offset = offset_of(tail, capacity());
        const bool good = read && whole(record, offset, capacity(), file_.constant.salt) && record.position == tail;
        tail = good ? after(record, capacity()) : skip_stub(tail + 8, capacity());
    }
    words_.tail = std::min(tail, words_.head);
    if (words_.newest < words_.tail && words_.newest != 0) {
        words_.newest = 0;
        if (!store(offsetof(Words, newest), 0)) return fail_errno(errno, "{}: write", file_.path);
    }
    if (!store(offsetof(Words, tail), words_.tail)) return fail_errno(errno, "{}: write", file_.path);
    // A release store orders what comes before it; what comes after it needs the fence.
    std::atomic_thread_fence(std::memory_order_release);
    return {};
}

void Log::seal(RecordHeader& header, const Bytes* head) const {
    header.magic = record_magic;
    header.head_crc = head == nullptr ? 0 : payload_crc(*head, file_.constant.salt);
    header.header_crc = header_crc(header, file_.constant.salt);
}

std::uint64_t Log::next_position(const Payload& payload) const {
    const std::uint64_t rest = capacity() - offset_of(words_.head, capacity());
    return size_of(payload) <= rest ? words_.head : words_.head + rest;
}

// Fills the rest of a lap that is too short for the next record.
Result<> Log::pad(std::uint64_t rest) {
    RecordHeader padding{};
    padding.type = RecordType::padding;
    padding.position = words_.head;
    padding.length = static_cast<std::uint32_t>(rest - sizeof padding);
    seal(padding, nullptr);
    if (write_at(file_.fd.get(), at(words_.head), bytes_of(padding))) return {};
    return fail_errno(errno, "{}: write", file_.path);
}

Result<std::uint64_t> Log::append(RecordHeader header, const Payload& payload) {
    static constexpr std::array<std::byte, 8> zeros{};
    const std::uint64_t position = next_position(payload);
    const std::uint64_t size = size_of(payload);
    const std::uint64_t end = skip_stub(position + size, capacity());
    if (auto room = make_room(end); !room) return std::unexpected(room.error());
    if (position != words_.head) {
        if (auto padded = pad(position - words_.head); !padded) return std::unexpected(padded.error());
    }
    const std::size_t length = payload.head.size() + payload.body.size();
    header.position = position;
    header.length = static_cast<std::uint32_t>(length);
    header.head = static_cast<std::uint32_t>(payload.head.size());
    seal(header, &payload.head);
    const std::array<std::span<const std::byte>, 4> pieces{bytes_of(header), payload.head, payload.body,
                                                           std::span(zeros).first(size - sizeof header - length)};
    if (!write_at(file_.fd.get(), at(position), pieces)) return fail_errno(errno, "{}: write", file_.path);
    if (!store(offsetof(Words, head), end)) return fail_errno(errno, "{}: write", file_.path);
    written_ += end - words_.head;
    words_.head = end;
    return position;
}

Result<> Log::publish(std::uint64_t position) {
    if (!store(offsetof(Words, newest), position)) return fail_errno(errno, "{}: write", file_.path);
    words_.newest = position;
    // Without this one readers come by themselves, a little later.
    (void)store(offsetof(Words, published), ++words_.published);
    return {};
}

void Log::wake_readers() {
    // The low half of the word, little-endian. Readers sleep on the same page of the same file.
    ::syscall(SYS_futex, &file_.header().words.published, FUTEX_WAKE, std::numeric_limits<int>::max(), nullptr, nullptr, 0);
}

}  // namespace virtscope::ring

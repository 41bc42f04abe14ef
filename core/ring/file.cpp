#include "core/ring/file.h"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <limits>
#include <utility>

#include <unistd.h>

#include "core/ring/io.h"

namespace virtscope::ring {
namespace {

constexpr std::uint64_t any_lap = std::numeric_limits<std::uint64_t>::max();
// Looking for a record, mostly found nearby.
constexpr std::size_t first_window = std::size_t{4} << 10;
constexpr std::size_t last_window = std::size_t{64} << 10;
constexpr std::uint64_t call_work = 256;

// The next byte at or after `offset` that is not in a hole of the file.
std::uint64_t next_data(int fd, std::uint64_t offset) {
    const off_t found = ::lseek(fd, static_cast<off_t>(offset), SEEK_DATA);
    if (found >= 0) return static_cast<std::uint64_t>(found);
    return errno == ENXIO ? std::numeric_limits<std::uint64_t>::max() : offset;
}

}  // namespace

Front examine(const HeaderPage& header, std::uint64_t file_size) {
    const ConstantPart& constant = header.constant;
    if (file_size == 0 || constant.magic == magic_unfinished) return Front::unfinished;
    if (constant.magic != magic_ready) return Front::no_ring;
    // A later version may lay out everything below otherwise, its CRC too.
    if (constant.byte_order == std::byteswap(byte_order_mark)) return Front::other_byte_order;
    if (constant.byte_order != byte_order_mark) return Front::damaged;
    if (constant.version != format_version) return Front::other_version;
    if (constant.crc != constant_crc(constant)) return Front::damaged;
    if (constant.data_offset != page || constant.capacity % page != 0) return Front::damaged;
    if (constant.capacity < page || constant.capacity > max_capacity) return Front::damaged;
    if (constant.image % page != 0 || constant.image > max_capacity) return Front::damaged;
    if (constant.catalogue != catalogue_fingerprint()) return Front::other_catalogue;
    return Front::ready;
}

Result<HeaderPage> read_header(int fd, const std::string& path) {
    HeaderPage header{};
    const std::size_t got = read_some(fd, 0, std::as_writable_bytes(std::span(&header, 1)));
    if (got < sizeof header && errno != 0) return fail_errno(errno, "{}: read", path);
    // Whatever the damaged part says, its copy is of this version, or there is none.
    if (header.constant.crc == constant_crc(header.constant)) return header;
    ConstantPart copy{};
    const bool there = read_some(fd, constant_copy_at, std::as_writable_bytes(std::span(&copy, 1))) == sizeof copy;
    const bool good = there && copy.magic == magic_ready && copy.version == format_version && copy.crc == constant_crc(copy);
    if (good && header.constant.magic != magic_unfinished) header.constant = copy;
    return header;
}

RingFile::RingFile(int fd, std::string path, const ConstantPart& constant)
    : fd_(fd), path_(std::move(path)), constant_(constant) {}

std::size_t RingFile::read_some_at(std::uint64_t offset, std::span<std::byte> to) const {
    work_ += to.size() + call_work;
    return read_some(fd_, offset, to);
}

bool RingFile::read_at(std::uint64_t offset, std::span<std::byte> to) const {
    if (read_some_at(offset, to) == to.size()) return true;
    if (read_error_ == 0) read_error_ = errno;
    return false;
}

// Nobody repairs a recording.
std::string RingFile::advice() const {
    return is_recording() ? "virtscope ring verify says what remains" : "restart virtscoped, which repairs it";
}

bool RingFile::read(std::uint64_t offset, std::span<std::byte> to) const { return read_at(page + offset, to); }

Result<Words> RingFile::words() const {
    // Nothing makes three words one snapshot: a reader that sleeps between two of them sees words
    // that cannot be true together. Looking again helps; if it does not, the file is damaged.
    for (int attempt = 0; attempt < 16; ++attempt) {
        Words words{};
        if (read_some(fd_, offsetof(HeaderPage, words), std::as_writable_bytes(std::span(&words, 1))) != sizeof words) {
            return fail(ErrorKind::malformed, "{}: cut short: {}", path_, advice());
        }
        // Pairs with the writer's release stores: what the words refer to is read after them.
        std::atomic_thread_fence(std::memory_order_acquire);
        if (found_ && words == damaged_) return *found_;
        if (plausible(words, capacity())) return words;
    }
    return fail(ErrorKind::malformed, "{}: its positions are damaged: {}", path_, advice());
}

void RingFile::replace_words(const Words& found) {
    (void)read_some(fd_, offsetof(HeaderPage, words), std::as_writable_bytes(std::span(&damaged_, 1)));
    found_ = found;
    // The word that readers sleep on is what it is.
    found_->published = damaged_.published;
}

bool RingFile::overtaken(std::uint64_t position) const {
    // Pairs with the writer's fence after storing tail: if a byte copied before this point came from a
    // later record, tail is read as already past `position`.
    std::atomic_thread_fence(std::memory_order_acquire);
    std::uint64_t tail = 0;
    const std::uint64_t at = offsetof(HeaderPage, words) + offsetof(Words, tail);
    if (read_some(fd_, at, std::as_writable_bytes(std::span(&tail, 1))) != sizeof tail) return false;
    if (found_ && tail == damaged_.tail) tail = found_->tail;
    return tail > position;
}

Fetched RingFile::header(std::uint64_t position, RecordHeader& out) const {
    const std::uint64_t offset = offset_of(position, capacity());
    const bool complete = position >= first_position && position % 8 == 0 && offset + sizeof out <= capacity() &&
                          read(offset, std::as_writable_bytes(std::span(&out, 1)));
    if (complete && whole(out, offset, capacity(), salt()) && out.position == position) return Fetched::ok;
    return overtaken(position) ? Fetched::lapped : Fetched::damaged;
}

// `length` bytes of the payload from `begin` on; the first `checked` of them have that CRC.
Fetched RingFile::part(const RecordHeader& header, std::uint64_t begin, std::uint64_t length, std::uint64_t checked,
                       std::uint32_t crc, Bytes& out) const {
    out.resize(length);
    const bool good = read(offset_of(header.position, capacity()) + sizeof header + begin, out) &&
                      payload_crc(std::span(out).first(checked), salt()) == crc;
    if (overtaken(header.position)) return Fetched::lapped;
    return good ? Fetched::ok : Fetched::damaged;
}

Fetched RingFile::payload(const RecordHeader& header, Bytes& out) const {
    return part(header, 0, header.length, header.head, header.head_crc, out);
}

Fetched RingFile::head(const RecordHeader& header, Bytes& out) const {
    out.resize(header.head);
    const bool good = read(offset_of(header.position, capacity()) + sizeof header, out) &&
                      payload_crc(out, salt()) == header.head_crc;
    if (good) return Fetched::ok;
    return overtaken(header.position) ? Fetched::lapped : Fetched::damaged;
}

Fetched RingFile::shelf(const RecordHeader& header, const Shelf& shelf, Bytes& out) const {
    return part(header, shelf.begin, shelf.length, shelf.length, shelf.crc, out);
}

bool RingFile::intact(const RecordHeader& header, Bytes& scratch) const {
    if (header.type == RecordType::padding) return true;
    scratch.resize(header.length);
    if (!read(offset_of(header.position, capacity()) + sizeof header, scratch)) return false;
    const auto head = std::span(scratch).first(header.head);
    if (payload_crc(head, salt()) != header.head_crc) return false;
    if (header.type == RecordType::roster) return true;
    Head told;
    return decode_head(head, header.length, header.monotonic, told) && shelves_intact(scratch, told, crc_seed(salt()));
}

bool RingFile::scan(std::uint64_t offset, std::uint64_t end, std::uint64_t lap, RecordHeader& out) const {
    Bytes buffer;
    std::uint64_t window = first_window;
    for (; offset + sizeof out <= capacity() && offset < end; window = std::min<std::uint64_t>(2 * window, last_window)) {
        buffer.resize(std::min(window, capacity() - offset));
        buffer.resize(read_some_at(page + offset, buffer));
        if (buffer.size() < sizeof out && read_error_ == 0) read_error_ = errno;
        if (buffer.size() < sizeof out) return false;
        std::size_t at = 0;
        for (; at + sizeof out <= buffer.size() && offset + at < end; at += 8) {
            std::uint32_t magic = 0;
            std::memcpy(&magic, buffer.data() + at, sizeof magic);
            if (magic != record_magic) continue;
            std::memcpy(&out, buffer.data() + at, sizeof out);
            if (!whole(out, offset + at, capacity(), salt())) continue;
            if (lap == any_lap || out.position == lap + offset + at) return true;
        }
        // A hostile file costs no more than what it has on the disk, however large it says it is.
        const std::uint64_t data = next_data(fd_, page + offset + at);
        if (data == std::numeric_limits<std::uint64_t>::max()) return false;
        offset = (data - page) / 8 * 8;
    }
    return false;
}

bool RingFile::find(std::uint64_t position, std::uint64_t end, RecordHeader& out) const {
    if (position < first_position || position % 8 != 0) return false;
    while (position < end) {
        const std::uint64_t offset = offset_of(position, capacity());
        const std::uint64_t lap = position - offset;
        if (scan(offset, std::min(end - lap, capacity()), lap, out)) return true;
        position = lap + capacity();
    }
    return false;
}

bool RingFile::find_any(std::uint64_t offset, RecordHeader& out) const {
    return scan(offset, capacity(), any_lap, out);
}

bool RingFile::next(const RecordHeader& header, std::uint64_t end, RecordHeader& out, bool& skipped) const {
    const std::uint64_t expected = after(header, capacity());
    skipped = false;
    if (expected >= end) return false;
    RecordHeader found{};
    if (this->header(expected, found) == Fetched::ok) {
        out = found;
        return true;
    }
    skipped = true;
    const bool more = find(expected + 8, end, found);
    if (more) out = found;
    return more;
}

}  // namespace virtscope::ring

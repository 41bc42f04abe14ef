// The ring file, format version 1. Little-endian, all numbers unsigned unless marked (i).
//
//   byte 0     header page, 4096 bytes
//   byte 4096  data area, `capacity` bytes (a multiple of 4096)
//
// Header page
//   constant part: written once, before `magic` becomes valid
//     0  8  magic        "vscpring"; "vscpinit" while the file is being made
//     8  4  version      1
//    12  4  byte order   0x01020304 as the writer's machine stores it
//    16  8  catalogue    catalogue_fingerprint() of the writer
//    24  8  capacity     bytes of the data area
//    32  8  salt         random, a part of every CRC below: bytes of another ring never pass
//    40  4  data offset  4096
//    44  4  CRC          of bytes 0..43
//   writer slots at 64 and 256: who wrote last. A new writer fills the slot that is not the newest valid
//   one, so that there is a whole one at every instant.
//     0  8  generation   the higher one counts
//     8  8  pid (i)
//    16  8  since (i)    realtime ns
//    24 64  host name    zero-terminated
//    88 40  boot id      zero-terminated
//   128  4  reserved     0
//   132  4  CRC          of bytes 0..131
//   words: the only bytes of the page that change with each record; 8-byte atomics
//   512  8  tail         oldest position that is not being overwritten
//   520  8  newest       position of the newest frame record; 0: none yet
//   528  8  head         where the next record goes
//
// A position counts bytes ever appended and never wraps; it starts at `capacity`, so that 0 is no
// position. Position p lies at byte 4096 + p % capacity. tail <= newest < head <= tail + capacity.
//
// Data area: records one after the other, each on a multiple of 8 and in one piece. Where the rest of a
// lap is too short for the next record, a padding record fills it; a rest shorter than a record
// header is skipped without one.
//
// Record = header, payload, zeros up to a multiple of 8
//     0  4  magic        "vrec"
//     4  1  type         1 roster, 2 frame, 3 padding
//     5  3  reserved     0
//     8  8  position     its own: a record of an earlier lap is never taken for a current one
//    16  4  length       bytes of payload
//    20  4  payload CRC  0 for padding, whose payload is whatever was there
//    24  8  sequence     frame: its number; roster: number of the first frame with that content
//    32  8  previous     frame: position of the frame record before it; 0: none
//    40  8  roster       frame: position of its roster record
//    48  8  realtime (i) frame: ns since the epoch
//    56  8  monotonic (i) frame: CLOCK_MONOTONIC ns
//    64  8  boot         frame: hash of the boot id; monotonic times of two boots do not compare
//    72  8  values       frame: present cells
//    80  4  reserved     0
//    84  4  header CRC   of bytes 0..83
// CRCs are CRC-32C; those of records start from the salt. Payloads: see core/ring/codec.h.
//
// A frame is readable while its roster record is: the writer repeats the roster every capacity / 8
// bytes, so at most the oldest eighth of the frames is without one.
//
// Order of stores (writer) and loads (readers). The writer
//   1. stores `tail` past everything it is about to overwrite,   then a release fence,
//   2. stores payload, then header,                              then, with release,
//   3. stores `head`, then `newest`.
// A reader loads the words, acquire fence, copies the record, acquire fence, loads `tail` again. If it
// copied a byte of step 2 of a later record, the two fences make that record's step 1 visible to the
// second load: it sees tail > position and discards the copy. This is a seqlock per record with `tail` as
// the sequence; the CRC stands behind it for what no fence covers: power loss, bit rot, hostile files.
//
// SIGKILL after any store: before 3 nobody refers to the record; `head` before `newest` keeps the words in
// order. The next writer walks on from `newest` over whole records.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace virtscope::ring {

static_assert(std::endian::native == std::endian::little, "the ring format is little-endian");

// Eight characters as they lie in the file.
consteval std::uint64_t tag(const char (&text)[9]) {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 8; ++i) value |= static_cast<std::uint64_t>(text[i]) << (8 * i);
    return value;
}

inline constexpr std::uint64_t magic_ready = tag("vscpring");
inline constexpr std::uint64_t magic_unfinished = tag("vscpinit");
inline constexpr std::uint32_t format_version = 1;
inline constexpr std::uint32_t byte_order_mark = 0x01020304;
inline constexpr std::uint64_t page = 4096;
inline constexpr std::uint64_t min_capacity = 4 * page;
inline constexpr std::uint64_t max_capacity = std::uint64_t{1} << 40;
inline constexpr std::uint64_t max_payload = std::uint64_t{1} << 30;

struct ConstantPart {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t byte_order;
    std::uint64_t catalogue;
    std::uint64_t capacity;
    std::uint64_t salt;
    std::uint32_t data_offset;
    std::uint32_t crc;
};

struct WriterSlot {
    std::uint64_t generation;
    std::int64_t pid;
    std::int64_t since;
    std::array<char, 64> host;
    std::array<char, 40> boot_id;
    std::uint32_t reserved;
    std::uint32_t crc;
};

struct Words {
    std::uint64_t tail;
    std::uint64_t newest;
    std::uint64_t head;
};

struct HeaderPage {
    ConstantPart constant;
    std::array<std::byte, 16> reserved0;
    WriterSlot slot0;
    std::array<std::byte, 56> reserved1;
    WriterSlot slot1;
    std::array<std::byte, 120> reserved2;
    Words words;
};

enum class RecordType : std::uint8_t { roster = 1, frame = 2, padding = 3 };
inline constexpr std::uint32_t record_magic = 'v' | 'r' << 8 | 'e' << 16 | 'c' << 24;

struct RecordHeader {
    std::uint32_t magic;
    RecordType type;
    std::array<std::uint8_t, 3> reserved0;
    std::uint64_t position;
    std::uint32_t length;
    std::uint32_t payload_crc;
    std::uint64_t sequence;
    std::uint64_t previous;
    std::uint64_t roster;
    std::int64_t realtime;
    std::int64_t monotonic;
    std::uint64_t boot;
    std::uint64_t values;
    std::uint32_t reserved1;
    std::uint32_t header_crc;
};

template <class T, std::size_t size>
inline constexpr bool laid_out = sizeof(T) == size && std::is_trivially_copyable_v<T> &&
                                 std::has_unique_object_representations_v<T>;
static_assert(laid_out<ConstantPart, 48> && laid_out<WriterSlot, 136> && laid_out<Words, 24>);
static_assert(laid_out<RecordHeader, 88> && laid_out<HeaderPage, 536>);
static_assert(offsetof(ConstantPart, catalogue) == 16 && offsetof(ConstantPart, salt) == 32);
static_assert(offsetof(ConstantPart, crc) == 44 && offsetof(WriterSlot, crc) == 132);
static_assert(offsetof(HeaderPage, slot0) == 64 && offsetof(HeaderPage, slot1) == 256);
static_assert(offsetof(HeaderPage, words) == 512 && offsetof(Words, newest) == 8 && offsetof(Words, head) == 16);
static_assert(offsetof(RecordHeader, position) == 8 && offsetof(RecordHeader, payload_crc) == 20);
static_assert(offsetof(RecordHeader, roster) == 40 && offsetof(RecordHeader, boot) == 64);
static_assert(offsetof(RecordHeader, values) == 72 && offsetof(RecordHeader, header_crc) == 84);

template <class T>
std::span<const std::byte> bytes_of(const T& object) {
    return std::as_bytes(std::span(&object, 1));
}

std::uint32_t constant_crc(const ConstantPart& constant);
std::uint32_t slot_crc(const WriterSlot& slot);
std::uint32_t header_crc(const RecordHeader& header, std::uint64_t salt);
std::uint32_t payload_crc(std::span<const std::byte> payload, std::uint64_t salt);

// The text of a slot's zero-terminated field, terminated or not.
std::string text_of(std::span<const char> field);

// The newer of the two slots that is whole; null if neither is.
const WriterSlot* newest_slot(const HeaderPage& header);

// Whether the words can be true for a ring of that capacity.
bool plausible(const Words& words, std::uint64_t capacity);

// Whether these bytes, found at `offset` of the data area, are a record header that belongs there.
bool whole(const RecordHeader& header, std::uint64_t offset, std::uint64_t capacity, std::uint64_t salt);

// Bytes a record with that payload takes.
constexpr std::uint64_t record_size(std::uint64_t payload) {
    return (sizeof(RecordHeader) + payload + 7) / 8 * 8;
}

// `position` itself, or the start of the next lap where the rest of this one cannot hold a record header.
constexpr std::uint64_t skip_stub(std::uint64_t position, std::uint64_t capacity) {
    const std::uint64_t rest = capacity - position % capacity;
    return rest < sizeof(RecordHeader) ? position + rest : position;
}

// Where the record after this one begins.
constexpr std::uint64_t after(const RecordHeader& header, std::uint64_t capacity) {
    return skip_stub(header.position + record_size(header.length), capacity);
}

// Hash of a boot id as stored in frame records.
std::uint64_t boot_hash(std::string_view boot_id);

}  // namespace virtscope::ring

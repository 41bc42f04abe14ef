// The ring file, format version 2. Little-endian, all numbers unsigned unless marked (i).
//
//   byte 0                header page, 4096 bytes
//   byte 4096             data area, `capacity` bytes (a multiple of 4096): the log of records
//   byte 4096 + capacity  image area, `image` bytes (a multiple of 4096, may be 0): the newest frame, plain
//
// Header page
//   constant part: written once, before `magic` becomes valid
//     0  8  magic        "vscpring"; "vscpinit" while the file is being made
//     8  4  version      2
//    12  4  byte order   0x01020304 as the writer's machine stores it
//    16  8  catalogue    catalogue_fingerprint() of the writer
//    24  8  capacity     bytes of the data area
//    32  8  salt         random, a part of every CRC below: bytes of another ring never pass
//    40  8  image        bytes of the image area
//    48  4  data offset  4096
//    52  4  flags        1: a recording: one lap, as long as its content, no image; nobody writes it any more
//    56  4  reserved     0
//    60  4  CRC          of bytes 0..59
//   the same again at 2048, written last: read where the first one is damaged
//   writer slots at 64 and 256: who wrote last. A new writer fills the slot that is not the newest valid
//   one, so that there is a whole one at every instant.
//     0  8  generation   the higher one counts
//     8  8  pid (i)
//    16  8  since (i)    realtime ns
//    24 64  host name    zero-terminated; in a recording that of its last frame
//    88 40  boot id      likewise
//   128  4  reserved     0
//   132  4  CRC          of bytes 0..131
//   words: the only bytes of the page that change with each record; aligned, and written eight bytes at a time, which the
//   kernel copies whole; a reader checks what they lead to anyhow
//   512  8  tail         oldest position that is not being overwritten
//   520  8  newest       position of the newest frame record; 0: none yet
//   528  8  head         where the next record goes
//   536  8  published    grows with each frame; its low half is the futex on which readers sleep
//
// A position counts bytes ever appended and never wraps; it starts at 4096, so that 0 is no position.
// Position p lies at byte 4096 + (p - 4096) % capacity. tail <= newest < head <= tail + capacity.
//
// Data area: records one after the other, each on a multiple of 8 and in one piece. Where the rest of a
// lap is too short for the next record, a padding record fills it; a rest shorter than a record
// header is skipped without one.
//
// Record = header, payload, zeros up to a multiple of 8
//     0  4  magic        "vrec"
//     4  1  type         1 roster, 2 frame, 3 padding, 4 checkpoint
//     5  3  reserved     0
//     8  8  position     its own: a record of an earlier lap is never taken for a current one
//    16  4  length       bytes of payload
//    20  4  head         bytes of the payload's head: all of a roster; of the others, what is before the shelves
//    24  4  head CRC     of those; the head holds the CRCs of the shelves. 0 for padding
//    28  4  values       frame: present cells
//    32  8  sequence     frame: its number; checkpoint: of the frame whose state it is; roster: of its first frame
//    40  8  realtime (i) frame, checkpoint: ns since the epoch
//    48  8  monotonic (i) frame, checkpoint: CLOCK_MONOTONIC ns
//    56  4  boot         frame, checkpoint: hash of the boot id; monotonic times of two boots do not compare
//    60  4  previous     distance to the frame record before it, in units of 8 bytes; 0: none
//    64  4  base         frame: distance to the record from which it is decoded, a checkpoint, in units of 8;
//                        0: itself, it is coded from nothing
//    68  4  roster       frame, checkpoint: distance to its roster record, in units of 8
//    72  4  roster age   frame, checkpoint: sequence less that of the roster, modulo 2^32
//    76  4  header CRC   of bytes 0..75
// CRCs are CRC-32C; those of records start from the salt. Payloads: see core/ring/codec.h.
//
// A frame holds what changed since the frame before it. What is needed to decode it lies between its base
// and itself: checkpoints, whole states, come every `group_frames` frames, when the roster changes, and
// after a sixteenth of the ring or four times their own size, whichever is more, at the latest after a quarter. The roster is repeated after its first frame, so that damage of one leaves
// the other, and then every eighth of the ring (or 1 GiB). So the tail
// takes with it at most the frames up to the next checkpoint, or an eighth of the ring where the roster is gone.
//
// Image area: the state after the newest frame as it is in memory, so that the newest frame is read
// without decoding; see core/ring/image.h. It repeats what the log holds: whoever finds it torn reads the log.
//
// Order of stores (writer) and loads (readers). The writer
//   1. stores `tail` past everything it is about to overwrite,   then a release fence,
//   2. stores payload, then header,                              then, with release,
//   3. stores `head`, the image, then `newest` and `published`; in the end it wakes the futex.
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
inline constexpr std::uint32_t format_version = 2;
inline constexpr std::uint32_t byte_order_mark = 0x01020304;
inline constexpr std::uint64_t page = 4096;
inline constexpr std::uint64_t min_capacity = 4 * page;
inline constexpr std::uint64_t max_capacity = std::uint64_t{1} << 40;
inline constexpr std::uint64_t max_payload = std::uint64_t{1} << 30;
inline constexpr std::uint64_t first_position = page;
inline constexpr std::uint64_t max_position = std::uint64_t{1} << 62;  // more than is ever written; sums do not wrap
inline constexpr std::uint64_t constant_copy_at = 2048;
inline constexpr std::uint32_t is_recording = 1;
inline constexpr std::uint64_t group_frames = 64;

struct ConstantPart {
    std::uint64_t magic;
    std::uint32_t version;
    std::uint32_t byte_order;
    std::uint64_t catalogue;
    std::uint64_t capacity;
    std::uint64_t salt;
    std::uint64_t image;
    std::uint32_t data_offset;
    std::uint32_t flags;
    std::uint32_t reserved;
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
    std::uint64_t published;

    bool operator==(const Words&) const = default;
};

struct HeaderPage {
    ConstantPart constant;
    WriterSlot slot0;
    std::array<std::byte, 56> reserved1;
    WriterSlot slot1;
    std::array<std::byte, 120> reserved2;
    Words words;
};

enum class RecordType : std::uint8_t { roster = 1, frame = 2, padding = 3, checkpoint = 4 };
inline constexpr std::uint32_t record_magic = 'v' | 'r' << 8 | 'e' << 16 | 'c' << 24;

struct RecordHeader {
    std::uint32_t magic;
    RecordType type;
    std::array<std::uint8_t, 3> reserved0;
    std::uint64_t position;
    std::uint32_t length;
    std::uint32_t head;
    std::uint32_t head_crc;
    std::uint32_t values;
    std::uint64_t sequence;
    std::int64_t realtime;
    std::int64_t monotonic;
    std::uint32_t boot;
    std::uint32_t previous_distance;
    std::uint32_t base_distance;
    std::uint32_t roster_distance;
    std::uint32_t roster_age;
    std::uint32_t header_crc;

    // Positions; previous() is 0 where there is none, base() the record itself.
    std::uint64_t previous() const { return previous_distance == 0 ? 0 : position - 8 * std::uint64_t{previous_distance}; }
    std::uint64_t base() const { return position - 8 * std::uint64_t{base_distance}; }
    std::uint64_t roster() const { return position - 8 * std::uint64_t{roster_distance}; }
    // What the roster record has for a sequence, its low half.
    std::uint32_t roster_number() const { return static_cast<std::uint32_t>(sequence) - roster_age; }
};

// How far back a record's link may reach.
inline constexpr std::uint64_t max_distance = std::uint64_t{0xffffffff} * 8;

template <class T, std::size_t size>
inline constexpr bool laid_out = sizeof(T) == size && std::is_trivially_copyable_v<T> &&
                                 std::has_unique_object_representations_v<T>;
static_assert(laid_out<ConstantPart, 64> && laid_out<WriterSlot, 136> && laid_out<Words, 32>);
static_assert(laid_out<RecordHeader, 80> && laid_out<HeaderPage, 544>);
static_assert(offsetof(ConstantPart, salt) == 32 && offsetof(ConstantPart, data_offset) == 48);
static_assert(offsetof(ConstantPart, crc) == 60 && offsetof(WriterSlot, crc) == 132);
static_assert(offsetof(HeaderPage, slot0) == 64 && offsetof(HeaderPage, slot1) == 256);
static_assert(offsetof(HeaderPage, words) == 512 && offsetof(Words, head) == 16 && offsetof(Words, published) == 24);
static_assert(offsetof(RecordHeader, position) == 8 && offsetof(RecordHeader, sequence) == 32);
static_assert(offsetof(RecordHeader, boot) == 56 && offsetof(RecordHeader, header_crc) == 76);

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

// Where in the data area a position lies.
constexpr std::uint64_t offset_of(std::uint64_t position, std::uint64_t capacity) {
    return (position - first_position) % capacity;
}

// Bytes a record with that payload takes.
constexpr std::uint64_t record_size(std::uint64_t payload) {
    return (sizeof(RecordHeader) + payload + 7) / 8 * 8;
}

// `position` itself, or the start of the next lap where the rest of this one cannot hold a record header.
constexpr std::uint64_t skip_stub(std::uint64_t position, std::uint64_t capacity) {
    const std::uint64_t rest = capacity - offset_of(position, capacity);
    return rest < sizeof(RecordHeader) ? position + rest : position;
}

// Where the record after this one begins.
constexpr std::uint64_t after(const RecordHeader& header, std::uint64_t capacity) {
    return skip_stub(header.position + record_size(header.length), capacity);
}

// Hash of a boot id as stored in frame records.
std::uint32_t boot_hash(std::string_view boot_id);

}  // namespace virtscope::ring

// Codec: rosters and frames to bytes and back. Knows nothing of files; the ring knows nothing of what
// is in a payload.
//
// Roster: host {name, boot id, arch, hypervisor, kernel}; u32 guests; u32 of each of guest_lists and
//   host_lists (core/roster.h); guest {16 uuid, u64 generation, i64 local id, u32 first and number in each of guest_lists,
//   name, driver, machine, note}; of each list, its instances {u32 guest, name, source}.
//   Strings are u16 length and bytes, at most 4096; longer ones are cut when written.
//
// Frame and checkpoint: a head and shelves. Numbers marked v are LEB128 varints, z zigzag-coded ones.
//   head: vz boottime less monotonic; v events; event {u8 kind, 16 uuid, name, text}; then a shelf
//         {v length, u32 CRC} each. Shelf 0 holds the host's and the agent's rows, each further one 32 guests.
//   shelf: a segment a guest, see core/ring/segment.h.
//
// A frame is coded as the difference to the State that the frame before it left; a checkpoint, and a frame
// that begins a roster, is coded from nothing. Rows' times are kept to 2^14 ns (16 us), rounded
// down; everything else is exact.
//
// Decoding takes any bytes: what it returns is sound (every index in range, the frame of its roster's
// shape), everything else is `malformed` or false. It allocates in proportion to the roster.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/frame.h"
#include "core/result.h"
#include "core/ring/segment.h"
#include "core/ring/state.h"

namespace virtscope::ring {

inline constexpr std::size_t max_rows = 1'000'000;
inline constexpr std::size_t shelf_guests = 32;

using Bytes = std::vector<std::byte>;

// Replaces `out`, which allocates nothing once it has been as large as needed. Errors: malformed (rows
// that belong to nobody, or not in the guests' order), unsupported (too many rows).
Result<> encode_roster(const Roster& roster, Bytes& out);
Result<std::shared_ptr<const Roster>> decode_roster(std::span<const std::byte> bytes);

// The bytes of a record's payload: head, then body (the shelves).
struct Payload {
    Bytes head;
    Bytes body;
    std::uint32_t values = 0;  // present cells
};

// Where the CRCs of a ring start.
std::uint32_t crc_seed(std::uint64_t salt);

class Encoder {
public:
    // Codes `frame` as the difference to the state, which becomes this frame's; from_nothing: for a new roster,
    // the state before does not matter. The frame must have the shape of its roster, else malformed.
    Result<> frame(const Frame& frame, bool from_nothing, std::uint64_t sequence, std::uint32_t seed, Payload& out);
    // The whole state; makes its `sticky` masks those for the frames to come.
    void checkpoint(std::uint32_t seed, Payload& out);
    const State& state() const { return state_; }

private:
    State state_;
    SegmentScratch scratch_;
};

// Which record a payload belongs to, as its header says.
struct Stamp {
    std::int64_t realtime = 0;
    std::int64_t monotonic = 0;
    std::uint64_t sequence = 0;
    bool from_nothing = false;
};

// Where a shelf lies in a payload.
struct Shelf {
    std::uint64_t begin = 0;
    std::uint32_t length = 0;
    std::uint32_t crc = 0;
};

// What a head says.
struct Head {
    std::int64_t boottime = 0;
    std::vector<Event> events;
    std::vector<Shelf> shelves;
};

// Takes the head apart. `length` is that of the whole payload, into which the shelves must fit exactly.
bool decode_head(std::span<const std::byte> head, std::uint64_t length, std::int64_t monotonic, Head& out);
// Whether all shelves of a whole payload have their CRC.
bool shelves_intact(std::span<const std::byte> payload, const Head& head, std::uint32_t seed);

// Advances `state`, whose roster is the frame's, over a payload. False: malformed, and the state is good
// for nothing.
bool decode_shelves(std::span<const std::byte> payload, const Head& head, const Stamp& stamp, std::uint32_t seed, State& state);
// The same for the rows of one guest only; `shelf` is the one that holds it, checked by its CRC.
bool decode_guest(std::span<const std::byte> shelf, std::size_t guest, const Stamp& stamp, State& state);
// The same for the host's and the agent's rows; `shelf` is shelf 0.
bool decode_host(std::span<const std::byte> shelf, const Stamp& stamp, State& state);

// Gives the frame of a state what a record says of its times and number.
void settle(const Head& head, const Stamp& stamp, Frame& frame);

// From the state after a frame to the state before it: `before` is the monotonic time of the frame before.
// For frames that are not coded from nothing.
bool undo_shelves(std::span<const std::byte> payload, const Head& head, std::int64_t before, State& state);

}  // namespace virtscope::ring

// Codec: rosters and frames to bytes and back. Knows nothing of files; the ring knows nothing of what
// is in a payload. Another encoding replaces these four functions and the format version, no reader.
//
// Strings are u16 length and bytes, at most 4096; longer ones are cut when written. Little-endian.
//
// Roster: host {name, boot id, arch, hypervisor, kernel}; u32 guests, vcpus, disks, nics;
//   guest {16 uuid, u64 generation, i64 local id, u32 first and number of vcpus, disks, nics,
//          name, driver, machine, note}; vcpu, disk, nic {u32 guest, name, source}.
// Frame: i64 realtime, monotonic, boottime; u32 events; event {u8 kind, 16 uuid, name, text}; zeros to a
//   multiple of 8; then per scope in order of Scope: u32 rows, u32 columns; u8 quality a row, zeros to a
//   multiple of 8; i64 time a row less the frame's monotonic time; u64 present a row; then the present
//   cells, u64 each, row by row. The sequence is the ring's affair.
//
// Decoding takes any bytes: what it returns is sound (every index in range, the frame of its roster's
// shape), everything else is `malformed`. It allocates in proportion to the bytes it was given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "core/frame.h"
#include "core/result.h"

namespace virtscope::ring {

inline constexpr std::size_t max_rows = 1'000'000;

using Bytes = std::vector<std::byte>;

// Both replace `out`, which allocates nothing once it has been as large as needed. Errors: malformed
// (rows that belong to nobody), unsupported (too many rows).
Result<> encode_roster(const Roster& roster, Bytes& out);
// Returns the number of present cells. The frame must have the shape of its roster, else malformed.
Result<std::uint64_t> encode_frame(const Frame& frame, Bytes& out);

Result<std::shared_ptr<const Roster>> decode_roster(std::span<const std::byte> bytes);
Result<std::shared_ptr<Frame>> decode_frame(std::span<const std::byte> bytes, RosterPtr roster);

}  // namespace virtscope::ring

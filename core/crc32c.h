// CRC-32C (Castagnoli, RFC 3720 appendix B.4): what guards every byte of the ring against torn
// writes and bit rot. It is no protection against somebody who means harm.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace virtscope {

// Continues `seed`, the CRC of what came before (0 at the start). Uses the processor's instruction
// where there is one.
std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed = 0);

// Four CRCs of four quarters of the bytes, each continuing its own: for large blocks of memory, which this
// checks three times as fast as one chain. Whoever checks must cut the bytes into the same blocks.
using CrcLanes = std::array<std::uint32_t, 4>;
void crc32c_lanes(std::span<const std::byte> bytes, CrcLanes& lanes);

// The same by table, on any processor: the fallback, and the yardstick of the tests.
std::uint32_t crc32c_portable(std::span<const std::byte> bytes, std::uint32_t seed = 0);

}  // namespace virtscope

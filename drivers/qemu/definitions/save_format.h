// The bytes of a saved guest's file; see save_file.h.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "drivers/qemu/definitions/save_file.h"

namespace virtscope::qemu::save_format {

inline constexpr std::size_t head_bytes = 40;
inline constexpr std::size_t most_facts = std::size_t{8} << 20;
inline constexpr std::uint32_t version = 1;

struct Head {
    std::uint32_t version = 0;
    std::uint32_t facts_bytes = 0;
    std::uint64_t stream_bytes = 0;
    std::uint32_t stream_crc = 0;
    std::uint32_t crc = 0;
};

// Where the stream begins behind so many bytes of facts.
constexpr std::uint64_t stream_at(std::uint64_t facts_bytes) { return (head_bytes + facts_bytes + 4095) / 4096 * 4096; }

std::string pack_facts(const SaveFacts& facts);
// Nothing: they are not what pack_facts() makes.
std::optional<SaveFacts> unpack_facts(std::string_view bytes);

// With the CRC of both.
std::array<char, head_bytes> pack_head(Head head, std::string_view facts);
// Nothing: the magic is not there.
std::optional<Head> unpack_head(std::string_view bytes);
std::uint32_t crc_of(std::string_view head_bytes_of_file, std::string_view facts);

}  // namespace virtscope::qemu::save_format

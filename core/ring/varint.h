// LEB128: seven bits a byte, the low ones first, the top bit set where more follow.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace virtscope::ring {

constexpr std::size_t varint_size(std::uint64_t value) {
    std::size_t size = 1;
    for (; value >= 0x80; value >>= 7) ++size;
    return size;
}

inline void put_varint(std::vector<std::byte>& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::byte>(value | 0x80));
    out.push_back(static_cast<std::byte>(value));
}

// Takes one off the front; false if there is none, or it is longer than 64 bits.
inline bool get_varint(std::span<const std::byte>& from, std::uint64_t& value) {
    value = 0;
    for (std::size_t i = 0; i < from.size() && i < 10; ++i) {
        const auto byte = std::to_integer<std::uint64_t>(from[i]);
        if (i == 9 && byte > 1) return false;
        value |= (byte & 0x7f) << (7 * i);
        if (byte < 0x80) {
            from = from.subspan(i + 1);
            return true;
        }
    }
    return false;
}

}  // namespace virtscope::ring

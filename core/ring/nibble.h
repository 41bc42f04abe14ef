// How one difference is stored: a nibble that says where its value is. See core/ring/segment.h.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace virtscope::ring {

constexpr std::uint64_t zigzag(std::uint64_t difference) {
    return (difference << 1) ^ (0 - (difference >> 63));
}
constexpr std::uint64_t unzigzag(std::uint64_t coded) { return (coded >> 1) ^ (0 - (coded & 1)); }

inline constexpr std::uint8_t odd_nibble = 15;
inline constexpr std::uint64_t greatest_literal = 6;

// By nibble: bytes of data, the mask that leaves those of eight, what is added.
inline constexpr std::array<std::uint8_t, 16> nibble_bytes{0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 8};
inline constexpr std::array<std::uint64_t, 16> nibble_masks = [] {
    std::array<std::uint64_t, 16> masks{};
    for (std::size_t n = 0; n < 16; ++n) {
        masks[n] = nibble_bytes[n] == 0 ? 0 : ~std::uint64_t{0} >> (64 - 8 * nibble_bytes[n]);
    }
    return masks;
}();
inline constexpr std::array<std::uint64_t, 16> nibble_literals{0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0};

constexpr std::uint8_t nibble_of(std::uint64_t coded) {
    if (coded == 0) return 0;
    if (coded <= greatest_literal) return static_cast<std::uint8_t>(8 + coded);
    return static_cast<std::uint8_t>((std::bit_width(coded) + 7) / 8);
}

}  // namespace virtscope::ring

#include "core/crc32c.h"

#include <array>
#include <cstring>

#if defined(__x86_64__)
#include <nmmintrin.h>
#endif

namespace virtscope {
namespace {

constexpr std::uint32_t polynomial = 0x82f63b78;  // reflected
constexpr std::size_t word = sizeof(std::uint64_t);

// Slicing by eight: tables[k][b] is the CRC of byte b followed by k zero bytes.
using Tables = std::array<std::array<std::uint32_t, 256>, word>;

constexpr Tables make_tables() {
    Tables tables{};
    for (std::uint32_t b = 0; b < 256; ++b) {
        std::uint32_t crc = b;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? polynomial : 0);
        tables[0][b] = crc;
    }
    for (std::size_t k = 1; k < word; ++k) {
        for (std::size_t b = 0; b < 256; ++b) {
            const std::uint32_t before = tables[k - 1][b];
            tables[k][b] = (before >> 8) ^ tables[0][before & 0xff];
        }
    }
    return tables;
}

constexpr Tables tables = make_tables();

std::uint64_t load_word(const std::byte* at) {
    std::uint64_t value = 0;
    std::memcpy(&value, at, word);
    return value;
}

#if defined(__x86_64__)
__attribute__((target("sse4.2"))) std::uint32_t crc32c_sse42(std::span<const std::byte> bytes, std::uint32_t seed) {
    std::uint64_t crc = ~seed;
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= word; at += word, left -= word) crc = _mm_crc32_u64(crc, load_word(at));
    auto narrow = static_cast<std::uint32_t>(crc);
    for (; left > 0; ++at, --left) narrow = _mm_crc32_u8(narrow, std::to_integer<unsigned char>(*at));
    return ~narrow;
}

// The instruction takes three cycles and one can begin each cycle: four chains side by side keep it busy.
__attribute__((target("sse4.2"))) void lanes_sse42(const std::byte* at, std::size_t words, CrcLanes& lanes) {
    std::uint64_t a = ~lanes[0];
    std::uint64_t b = ~lanes[1];
    std::uint64_t c = ~lanes[2];
    std::uint64_t d = ~lanes[3];
    const std::size_t stride = words * word;
    for (const std::byte* const end = at + stride; at < end; at += word) {
        a = _mm_crc32_u64(a, load_word(at));
        b = _mm_crc32_u64(b, load_word(at + stride));
        c = _mm_crc32_u64(c, load_word(at + 2 * stride));
        d = _mm_crc32_u64(d, load_word(at + 3 * stride));
    }
    lanes = {~static_cast<std::uint32_t>(a), ~static_cast<std::uint32_t>(b), ~static_cast<std::uint32_t>(c),
             ~static_cast<std::uint32_t>(d)};
}
#endif

}  // namespace

void crc32c_lanes(std::span<const std::byte> bytes, CrcLanes& lanes) {
    const std::size_t quarter = bytes.size() / (4 * word) * word;
#if defined(__x86_64__)
    static const bool fast = __builtin_cpu_supports("sse4.2") != 0;
    if (fast) {
        lanes_sse42(bytes.data(), quarter / word, lanes);
        lanes[3] = crc32c(bytes.subspan(4 * quarter), lanes[3]);
        return;
    }
#endif
    for (std::size_t i = 0; i < 4; ++i) lanes[i] = crc32c_portable(bytes.subspan(i * quarter, quarter), lanes[i]);
    lanes[3] = crc32c_portable(bytes.subspan(4 * quarter), lanes[3]);
}

std::uint32_t crc32c_portable(std::span<const std::byte> bytes, std::uint32_t seed) {
    std::uint32_t crc = ~seed;
    const std::byte* at = bytes.data();
    std::size_t left = bytes.size();
    for (; left >= word; at += word, left -= word) {
        const std::uint64_t mixed = load_word(at) ^ crc;
        crc = 0;
        for (std::size_t k = 0; k < word; ++k) crc ^= tables[word - 1 - k][(mixed >> (8 * k)) & 0xff];
    }
    for (; left > 0; ++at, --left) crc = (crc >> 8) ^ tables[0][(crc ^ std::to_integer<std::uint32_t>(*at)) & 0xff];
    return ~crc;
}

std::uint32_t crc32c(std::span<const std::byte> bytes, std::uint32_t seed) {
#if defined(__x86_64__)
    static const bool fast = __builtin_cpu_supports("sse4.2") != 0;
    if (fast) return crc32c_sse42(bytes, seed);
#endif
    return crc32c_portable(bytes, seed);
}

}  // namespace virtscope

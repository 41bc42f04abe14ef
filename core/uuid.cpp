#include "core/uuid.h"

#include <cstddef>
#include <cstring>

#include <fmt/format.h>

namespace virtscope {
namespace {

constexpr std::size_t text_length = 36;

bool dash_at(std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; }

int hex_digit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

// FNV-1a, 64 bits; two seeds make the 128 bits of a derived identity.
std::uint64_t fnv(std::string_view text, std::uint64_t hash) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return (hash ^ 0xff) * 0x100000001b3ULL;  // a separator, so that ("ab","c") is not ("a","bc")
}

}  // namespace

std::string Uuid::text() const {
    std::string out;
    out.reserve(text_length);
    for (const std::uint8_t byte : bytes) {
        if (dash_at(out.size())) out += '-';
        out += fmt::format("{:02x}", byte);
    }
    return out;
}

std::optional<Uuid> Uuid::parse(std::string_view text) {
    if (text.size() != text_length) return std::nullopt;
    Uuid uuid;
    std::size_t nibble = 0;
    for (std::size_t i = 0; i < text_length; ++i) {
        if (dash_at(i)) {
            if (text[i] != '-') return std::nullopt;
            continue;
        }
        const int digit = hex_digit(text[i]);
        if (digit < 0) return std::nullopt;
        uuid.bytes[nibble / 2] = static_cast<std::uint8_t>(uuid.bytes[nibble / 2] << 4 | digit);
        ++nibble;
    }
    return uuid;
}

Uuid Uuid::derived(std::string_view driver, std::string_view name, std::uint64_t start) {
    const std::string started = std::to_string(start);
    Uuid uuid;
    for (int half = 0; half < 2; ++half) {
        std::uint64_t hash = half == 0 ? 0xcbf29ce484222325ULL : 0x84222325cbf29ce4ULL;
        hash = fnv(started, fnv(name, fnv(driver, hash)));
        std::memcpy(uuid.bytes.data() + std::ptrdiff_t{half} * 8, &hash, sizeof hash);
    }
    uuid.bytes[6] = static_cast<std::uint8_t>((uuid.bytes[6] & 0x0f) | 0x80);
    uuid.bytes[8] = static_cast<std::uint8_t>((uuid.bytes[8] & 0x3f) | 0x80);
    return uuid;
}

std::size_t UuidHash::operator()(const Uuid& uuid) const noexcept {
    std::size_t a = 0;
    std::size_t b = 0;
    std::memcpy(&a, uuid.bytes.data(), sizeof a);
    std::memcpy(&b, uuid.bytes.data() + 8, sizeof b);
    return a ^ (b * 0x9e3779b97f4a7c15ULL);
}

}  // namespace virtscope

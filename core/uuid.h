// Uuid: the identity of a guest (RFC 4122 text form, 16 bytes in text order).
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace virtscope {

struct Uuid {
    std::array<std::uint8_t, 16> bytes{};

    auto operator<=>(const Uuid&) const = default;
    bool is_nil() const { return *this == Uuid{}; }
    std::string text() const;  // 8-4-4-4-12 in lower case

    // Accepts the 8-4-4-4-12 form in either case, nothing else.
    static std::optional<Uuid> parse(std::string_view text);

    // A stable identity for a guest that has none of its own: hash of driver, name and start time,
    // marked as version 8 (RFC 9562: vendor specific) so that it cannot collide with a real one.
    static Uuid derived(std::string_view driver, std::string_view name, std::uint64_t start);
};

// For hash maps keyed by guest.
struct UuidHash {
    std::size_t operator()(const Uuid& uuid) const noexcept;
};

}  // namespace virtscope

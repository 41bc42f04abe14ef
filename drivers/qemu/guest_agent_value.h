// AgentValue: JSON that an agent inside a guest sent, after it was found to be harmless.
//
// The guest is the adversary: size, depth and the number of values are bounded, every string and every
// member's name has passed through printable() (at most 256 bytes). Numbers that no double can hold,
// text that is not UTF-8 and lone surrogates make the whole reply malformed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"

namespace virtscope::qemu {

inline constexpr std::size_t max_agent_reply = std::size_t{256} << 10;  // bytes
inline constexpr std::size_t max_agent_depth = 32;
inline constexpr std::size_t max_agent_values = std::size_t{64} << 10;

struct AgentMember;

struct AgentValue {
    using List = std::vector<AgentValue>;
    using Object = std::vector<AgentMember>;  // in the order they came
    std::variant<std::monostate, bool, std::int64_t, double, std::string, List, Object> held;

    // The first member of that name; null for everything that is no object or has none.
    const AgentValue* find(std::string_view name) const;
    // Empty if it is no list.
    const List& list() const;
    // Empty if it is not there or no string.
    std::string text(std::string_view name) const;
    // A whole number from 0 to 2^53, what JSON carries without loss; none for everything else.
    std::optional<std::uint64_t> count(std::string_view name) const;
    bool is_object() const { return std::holds_alternative<Object>(held); }
    bool is_null() const { return std::holds_alternative<std::monostate>(held); }

    // For building an object to be written; appends.
    void set(std::string name, AgentValue value);
    // JSON on one line, members in their order.
    std::string json() const;
};

struct AgentMember {
    std::string name;
    AgentValue value;
};

// One reply, without the line break that ends it. Errors: malformed.
Result<AgentValue> parse_agent_reply(std::string_view text);

}  // namespace virtscope::qemu

// Commands: what each key does. Keys, help and the hints of the last line are all of this one table.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "top/view/key.h"

namespace virtscope::top {

struct Session;

enum class Section : std::uint8_t { main, views, rows, order, time };
inline constexpr std::size_t section_count = 5;
std::string_view section_title(Section section);

struct Command {
    Section section;
    std::array<Key, 3> keys;  // Key::other: none
    std::string_view shown;   // the keys, for people
    std::string_view about;
    void (*run)(Session&);
    std::string_view hint{};  // one word for the last line; empty: not there
};
std::span<const Command> commands();

// Null: the key means nothing.
const Command* command_of(Key key);

}  // namespace virtscope::top

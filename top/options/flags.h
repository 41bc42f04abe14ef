// Flags: the command line's names for settings.
#pragma once

#include <span>
#include <string_view>

namespace virtscope::top {

struct Flag {
    std::string_view names;    // as CLI11 takes them: "-c,--connect"
    std::string_view keyword;  // of the setting
    std::string_view implied;  // the value that the flag stands for; empty: one follows,
    std::string_view value;    // which --help calls so
    std::string_view group;    // heading in --help
    std::string_view about;
};

std::span<const Flag> flags();

// "-d": as messages call it.
std::string_view shown_name(const Flag& flag);

}  // namespace virtscope::top

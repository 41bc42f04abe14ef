// Settings: everything that can be set by a flag, a variable of the environment or a line of the init file, under the
// keyword that the file has for it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "top/options/options.h"

namespace virtscope::top {

// Of these the ones from the strongest place count alone: a flag for one drops what the file says of the others.
enum class Group : std::uint8_t { none, mode, source, guests };

// Options in the making.
struct Draft {
    Options options{};
    bool batch = false, script = false, stream = false;
};

struct Setting {
    std::string_view keyword;
    // Errors: malformed, names the value and the accepted form, not the keyword.
    Result<> (*apply)(Draft&, std::string_view value);
    Group group = Group::none;
};

// Null: there is none of that keyword.
const Setting* find_setting(std::string_view keyword);

// Takes back what was set of a group.
void drop(Draft& draft, Group group);

// "guests": as the keyword `display` has it.
std::string_view view_name(View view);
std::string_view base_name(CpuBase base);

}  // namespace virtscope::top

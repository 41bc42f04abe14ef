// Globs over guests' names, as --guest takes them.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace virtscope::top {

// Whether the whole name matches: "*" is any text, "?" one character; all others, capitals too, are themselves.
bool matches_glob(std::string_view glob, std::string_view name);

// Whether the name matches one of them; true where there are none.
bool is_chosen(std::span<const std::string> globs, std::string_view name);

}  // namespace virtscope::top

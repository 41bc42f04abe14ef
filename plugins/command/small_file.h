// A small file that the command line named.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace virtscope::checks {

inline constexpr std::size_t most_small_bytes = 1 << 20;

// Never waits, whatever kind of file it is. `option` goes into messages. Errors: absent, denied, malformed (larger than
// 1 MiB).
Result<std::string> read_small_file(std::string_view option, const std::string& path);

// Of a line, without the blanks around it.
std::string_view trimmed(std::string_view text);

}  // namespace virtscope::checks

// Names of guests and devices as names of files: reversible, and never anything but one harmless component of a path.
//
//     web01          web01                  ../../etc   %2E.%2F..%2Fetc
//     my guest       my%20guest             (nothing)   %
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace virtscope::exporters::rrd {

// Letters, digits and _ @ + , = . - stay, the last two not in front; every other byte is %XX. What would be longer than
// 200 bytes is cut and ends in "%~" and a hash of the whole: such a name is still one of its own, but not reversible.
std::string file_name(std::string_view text);

// What file_name() made it of; nothing if it did not, or cut it.
std::optional<std::string> text_of_file_name(std::string_view name);

}  // namespace virtscope::exporters::rrd

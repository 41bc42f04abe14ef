// What a client makes of a packed page.
#pragma once

#include <string>
#include <string_view>

namespace virtscope::exporters {

// Throws std::runtime_error where it is no gzip file, whole and alone.
std::string inflate(std::string_view packed);

}  // namespace virtscope::exporters

// Single values of xenstore that libxenlight has no call for.
#pragma once

#include <optional>
#include <string>

namespace virtscope::libxl {

// At most 1024 bytes of it. None: it is not there, or xenstored does not answer.
std::optional<std::string> store_value(const std::string& path);

}  // namespace virtscope::libxl

// A whole text to a descriptor. What could not be written is an error, never lost in silence; nothing is buffered.
#pragma once

#include <string_view>

#include "core/result.h"

namespace virtscope {

// `name`: for the message. May block as long as whoever reads the descriptor does.
Result<> write_all(int fd, std::string_view text, std::string_view name);

}  // namespace virtscope

// A file that the command line named: a certificate, a key, a token.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "core/result.h"

namespace virtscope::exporters {

// At most `most` bytes of it; whoever gets as many refuses it as too large. Never waits, whatever kind of file it is. `secret`:
// what it holds ("key") where that is nobody else's business: a file that every user can read is denied. Empty: no matter.
// Errors: those of open and read; denied.
Result<std::string> read_guarded_file(const std::string& path, std::size_t most, std::string_view secret);

}  // namespace virtscope::exporters

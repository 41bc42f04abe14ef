// -H: which host's ring.
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace virtscope::checks {

// "localhost", "ring:///PATH" or an absolute path: the ring's path, empty for the host's own. Errors: malformed: of
// another machine, with how to check that.
Result<std::string> ring_of_address(std::string_view text);

}  // namespace virtscope::checks

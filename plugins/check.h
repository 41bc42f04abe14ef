// The whole of check_virt but the process: from arguments to an exit code and a text.
#pragma once

#include <functional>
#include <span>
#include <string>

#include "plugins/look/snapshot.h"
#include "plugins/terms/status.h"

namespace virtscope::checks {

struct Answer {
    Status status = Status::unknown;
    std::string text;
};

// Reads the ring and nothing else; never waits but for the disk. `arm` is told the time limit in seconds
// once it is known. Whatever goes wrong is an answer.
Answer check(std::span<const std::string> arguments, const ReadNow& now, const std::function<void(unsigned)>& arm);

}  // namespace virtscope::checks

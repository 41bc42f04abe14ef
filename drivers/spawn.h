// Spawn: another program started without a shell and with nothing of ours: a session of its own, no signal blocked or ignored, no
// descriptor but the three that it is given.
#pragma once

#include <string>
#include <sys/types.h>
#include <vector>

#include "core/result.h"

namespace virtscope {

// What it has as standard input, output and error; -1: /dev/null.
struct StandardEnds {
    int in = -1, out = -1, err = -1;
};

// `arguments` are argv with its first, the name that is shown; `environment`: "NAME=value" each. Errors: absent, denied,
// system, as the kernel has them of `program`.
Result<pid_t> spawn(const std::string& program, std::vector<std::string> arguments, std::vector<std::string> environment,
                    const StandardEnds& ends);

// Ours, for a program that is to have it too.
std::vector<std::string> own_environment();

}  // namespace virtscope

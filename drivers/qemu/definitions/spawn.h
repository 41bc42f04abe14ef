// Running a program: without a shell, in a session of its own, with a clean environment and no descriptor of ours.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "core/result.h"

namespace virtscope::qemu {

// argv[0] is its absolute path; what it says goes to `log`, made anew. True: it ended with 0. It is killed at the
// deadline. Errors: absent, denied, timeout, system.
Result<bool> run_program(const std::vector<std::string>& argv, const std::string& log,
                         std::chrono::steady_clock::time_point deadline);

}  // namespace virtscope::qemu

// The log of --debug. Nothing else of virt-top's may write to the terminal while a screen is on it.
#pragma once

#include <string>

#include "core/result.h"

namespace virtscope::top {

// Nothing is logged, until a file is opened for it. First of all: spdlog's own way is standard output.
void keep_no_log();

// To this file from now on, emptied first. Errors: those of opening it.
Result<> open_debug_log(const std::string& path);

}  // namespace virtscope::top

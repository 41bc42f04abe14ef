// What examine_ring() found, as a person reads it.
#pragma once

#include <string>

#include "core/ring/verify.h"

namespace virtscope {

// The rest of the line behind the file's name, for everything but a whole one.
std::string explain(const Verdict& verdict);

}  // namespace virtscope

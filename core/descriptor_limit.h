// The limit of open descriptors. Counters are kept open per guest and device: the usual soft limit of 1,024 is for
// programs that use select().
#pragma once

#include "core/result.h"

namespace virtscope {

// Raises this process's soft limit to its hard one. Errors: system.
Result<> raise_descriptor_limit();

}  // namespace virtscope

// Opening a ring for reading: everything that can be wrong with a file, said in one line with the fix.
#pragma once

#include <string>

#include <sys/types.h>

#include "core/fd.h"
#include "core/result.h"
#include "core/ring/format.h"

namespace virtscope::ring {

struct OpenedRing {
    Fd fd;
    ConstantPart constant;
    dev_t device;
    ino_t inode;
};

// Errors as RingReader::open().
Result<OpenedRing> open_to_read(const std::string& path);

}  // namespace virtscope::ring

// BlockCounters: what one block backend has counted of a domain's disk, whoever serves it.
#pragma once

#include <cstddef>

#include "core/frame.h"

namespace virtscope::xen {

class BlockCounters {
public:
    virtual ~BlockCounters() = default;

    // Fills a disk's row with what can be read, and its time where the values are older than now. Never blocks, allocates
    // nothing. False: the backend is gone.
    virtual bool read(std::size_t row, Frame& frame) = 0;
};

}  // namespace virtscope::xen

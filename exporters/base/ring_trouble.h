// What an exporter makes of a ring that it cannot read.
//
// One that was read before, or that is not there yet, comes by itself: that is told once, and once when it is over. Anything else
// at the start is a wrong ring, and waiting for it is of no use.
#pragma once

#include "core/result.h"
#include "exporters/base/trouble.h"

namespace virtscope::exporters {

class RingTrouble {
public:
    void over();
    // Whether to give up; what is wrong has been said then.
    bool ends(const Error& error);
    bool lasts() const { return trouble_.lasts(); }

private:
    bool was_read_ = false;
    Trouble trouble_;
};

}  // namespace virtscope::exporters

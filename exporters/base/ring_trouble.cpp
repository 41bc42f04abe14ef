#include "exporters/base/ring_trouble.h"

#include "exporters/base/complain.h"

namespace virtscope::exporters {

void RingTrouble::over() {
    was_read_ = true;
    trouble_.over("the ring can be read");
}

bool RingTrouble::ends(const Error& error) {
    const bool comes_yet = error.kind == ErrorKind::absent || error.kind == ErrorKind::busy;
    if (!was_read_ && !comes_yet) {
        complain(error.message);
        return true;
    }
    trouble_.met(error.message);
    return false;
}

}  // namespace virtscope::exporters

// Stopping: being told to stop, with some seconds to bring to an end what was begun.
#pragma once

#include <chrono>
#include <cstdint>

#include "exporters/base/signals.h"

namespace virtscope::exporters::remote_write {

class Stopping {
public:
    bool told();
    // Sleeps. False: told to stop before or meanwhile.
    bool wait(std::chrono::nanoseconds time);
    // The seconds are over.
    bool must_end();

private:
    Signals signals_;
    std::int64_t told_at_ = 0;  // monotonic ns; 0: not told
};

}  // namespace virtscope::exporters::remote_write

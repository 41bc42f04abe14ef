// Status: the newest frame of the ring and whether it may be exported.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/freshness.h"
#include "core/ring/reader.h"

namespace virtscope::exporters {

struct Status {
    FramePtr frame;  // null: the ring cannot be read, or has none yet
    Now now;
    std::optional<std::chrono::nanoseconds> age;  // none: no frame, or one from the future
    bool is_up = false;                           // the frame is current: what it says of guests is true
    std::string complaint;                        // why it is not up, one line; empty if it is
};

// Looks at a ring again and again; where it cannot be read it is opened anew the next time. Not thread-safe.
class Watch {
public:
    using ReadNow = std::function<Now()>;
    explicit Watch(std::string ring, ReadNow read_now = virtscope::read_now)
        : ring_(std::move(ring)), read_now_(std::move(read_now)) {}

    // Let the frame of the last one go before: its memory is used again.
    Status look();

private:
    Result<FramePtr> newest();

    std::string ring_;
    ReadNow read_now_;
    std::optional<RingReader> reader_;
};

}  // namespace virtscope::exporters

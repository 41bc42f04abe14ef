// Snapshot: the newest frame of the ring and whether it may be believed.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>

#include "core/frame.h"
#include "core/freshness.h"
#include "core/result.h"
#include "core/ring/reader.h"

namespace virtscope::checks {

using ReadNow = std::function<Now()>;

struct Snapshot {
    RingReader ring;
    FramePtr frame;
    std::optional<std::chrono::nanoseconds> age;  // none: from the future, its clock cannot be trusted
    bool live = false;                            // see core/freshness.h
    std::string complaint;                        // why it is not live, and what to look at; empty if it is

    // Errors: those of the ring: absent, denied, malformed, unsupported.
    static Result<Snapshot> take(const std::string& path, const ReadNow& now);
};

}  // namespace virtscope::checks

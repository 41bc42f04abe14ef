// Snapshot: the newest frame of the ring and whether it may be believed.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "core/frame.h"
#include "core/freshness.h"
#include "core/history/events.h"
#include "core/result.h"
#include "core/ring/reader.h"
#include "plugins/look/window.h"

namespace virtscope::checks {

using ReadNow = std::function<Now()>;

struct RecentEvents {
    std::chrono::nanoseconds back{};
    std::vector<EventAt> events;  // oldest first
    std::uint64_t lost = 0;       // frames that could not be read
    bool whole = false;           // the ring reaches back that far
};

struct Snapshot {
    RingReader ring;
    FramePtr frame;
    std::optional<std::chrono::nanoseconds> age;  // none: from the future, its clock cannot be trusted
    bool live = false;                            // see core/freshness.h
    std::string complaint;                        // why it is not live, and what to look at; empty if it is
    // What was read of the ring's past, kept for the next who wants the same: see take_window(), recent_events().
    std::optional<Window> window;
    std::optional<RecentEvents> events;

    // Errors: those of the ring: absent, denied, malformed, unsupported.
    static Result<Snapshot> take(const std::string& path, const ReadNow& now);
};

// What happened in the time before the newest frame, that frame included. The reference lives as long as the
// snapshot. Errors: those of the ring.
Result<const RecentEvents*> recent_events(Snapshot& snapshot, std::chrono::nanoseconds back);

}  // namespace virtscope::checks

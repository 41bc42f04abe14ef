// OrderEvents: what orders leave in the ring. Filled by the threads that carry out orders, emptied by the tick loop.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <vector>

#include "core/frame.h"

namespace virtscope::control {

class OrderEvents {
public:
    void add(const Uuid& guest, const std::string& name, std::string text);

    // An order that was refused: at most 10 a minute, more are counted, so that nobody can fill the ring with them.
    void add_refused(const Uuid& guest, const std::string& name, std::string text);

    // Since the last call. Never waits longer than an append takes.
    std::vector<Event> take();

private:
    using Clock = std::chrono::steady_clock;
    void end_minute(Clock::time_point now);

    std::mutex mutex_;
    std::vector<Event> events_;
    Clock::time_point minute_began_{};
    unsigned refused_ = 0;  // in this minute
};

}  // namespace virtscope::control

#include "exporters/remote_write/stopping.h"

#include "core/clock.h"

namespace virtscope::exporters::remote_write {
namespace {

constexpr std::int64_t grace = 5'000'000'000;  // ns; systemd waits for 90 s

}  // namespace

bool Stopping::told() { return !wait(std::chrono::nanoseconds::zero()); }

bool Stopping::wait(std::chrono::nanoseconds time) {
    const std::int64_t end = clock_ns(CLOCK_MONOTONIC) + time.count();
    while (told_at_ == 0) {
        const std::int64_t left = end - clock_ns(CLOCK_MONOTONIC);
        const Told told = signals_.wait(std::chrono::nanoseconds(left > 0 ? left : 0));
        if (told == Told::stop) told_at_ = clock_ns(CLOCK_MONOTONIC);
        // SIGHUP has nothing to say here, where files are read anew each time.
        if (told == Told::nothing && left <= 0) return true;
    }
    return false;
}

bool Stopping::must_end() { return told() && clock_ns(CLOCK_MONOTONIC) - told_at_ > grace; }

}  // namespace virtscope::exporters::remote_write

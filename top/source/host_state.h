// What a HostWatch and its thread tell each other.
#pragma once

#include <condition_variable>
#include <mutex>

#include "top/source/host_watch.h"
#include "top/source/lender.h"

namespace virtscope::top {

struct Trip {
    Destination to;
    std::chrono::nanoseconds window;
};

// What came of one call of the source, or of opening it.
struct Found {
    std::optional<Picture> picture{};  // none: as before
    std::optional<Error> problem{};    // why there is nothing to show yet
    std::optional<Error> astray{};     // of a trip
    bool more_to_come = false;
    Result<std::string> ring{};
};

// The mutex is never held during a call of the source.
struct HostState {
    using Clock = HostWatch::Clock;

    std::string name;
    WatchPace pace;

    mutable std::mutex mutex;
    mutable std::condition_variable changed;

    // What is wanted.
    std::atomic<bool> closing = false;
    std::optional<Trip> trip;  // the next one
    std::chrono::nanoseconds window{0};
    Clock::time_point planned;                                      // shortly before it is taken
    Clock::time_point due = Clock::now() + std::chrono::hours(24);  // of the next look: as planned, or sooner

    // What was found.
    Found last;
    bool heard = false;
    bool unseen = false;      // the picture is new and nobody has taken it
    bool travels = false;     // a trip was wanted and has not ended
    unsigned failures = 0;    // in a row
    Clock::time_point retry;  // after a problem
    Clock::time_point looked;
    std::chrono::nanoseconds took{0};
    std::optional<Clock::time_point> busy_since;

    // All under the mutex.
    std::string trouble() const;
    bool has_work() const { return closing || Clock::now() >= next_call(); }
    Clock::time_point next_call() const;
    bool hangs() const { return busy_since && Clock::now() - *busy_since > pace.hangs_after; }
    void keep(Found found, const std::optional<Trip>& done, Clock::time_point begun);
};

// The thread: opens the source and calls it until `state` is closing.
void watch_host(const OpenSource& open, HostState& state);

}  // namespace virtscope::top

#include <doctest/doctest.h>

#include "agent/schedule.h"

using namespace std::chrono_literals;
using virtscope::Schedule;

TEST_CASE("a tick that is done in time is followed by the next one, a whole interval after it was due") {
    Schedule schedule(10s, 1s);
    CHECK(schedule.due() == 10s);
    CHECK(schedule.advance(10s + 300ms) == 0);
    CHECK(schedule.due() == 11s);
}

TEST_CASE("a late tick does not move the phase") {
    Schedule schedule(10s, 1s);
    CHECK(schedule.lateness(10s + 40ms) == 40ms);
    CHECK(schedule.advance(10s + 990ms) == 0);
    CHECK(schedule.due() == 11s);
}

TEST_CASE("a tick that is early has no lateness") {
    CHECK(Schedule(10s, 1s).lateness(9s) == 0s);
}

TEST_CASE("an overrun skips whole ticks, counts them and keeps the phase") {
    Schedule schedule(10s, 1s);
    CHECK(schedule.advance(13s + 200ms) == 3);
    CHECK(schedule.due() == 14s);
}

TEST_CASE("a tick that ends exactly when the next is due skips that one: there is no time left for it") {
    Schedule schedule(10s, 1s);
    CHECK(schedule.advance(11s) == 1);
    CHECK(schedule.due() == 12s);
}

TEST_CASE("a day of ticks of changing length is a day of intervals") {
    Schedule schedule(0s, 1s);
    std::uint64_t ticks = 0;
    std::uint64_t skipped = 0;
    while (schedule.due() < 86'400s) {
        const auto work = std::chrono::milliseconds(ticks * 37 % 1400);
        skipped += schedule.advance(schedule.due() + work);
        ++ticks;
    }
    CHECK(ticks + skipped == 86'400 + (schedule.due() - 86'400s) / 1s);
}

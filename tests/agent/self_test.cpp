#include <doctest/doctest.h>

#include "agent/self.h"

using namespace virtscope;

namespace {

Frame frame_of_guests(std::size_t guests) {
    auto roster = std::make_shared<Roster>();
    roster->guests.resize(guests);
    Frame frame;
    frame.reset(std::move(roster));
    return frame;
}

}  // namespace

TEST_CASE("the agent's row says what it costs and how many guests do not answer") {
    Frame frame = frame_of_guests(3);
    frame.set(0, GuestMetric::stale, 0);
    frame.set(1, GuestMetric::stale, 1);
    SelfMetrics().fill({.interval = 1'000'000'000, .last_duration = 7, .lateness = 5, .skipped = 2, .frames = 9}, frame);
    CHECK(frame.get(0, AgentMetric::guests) == 3);
    CHECK(frame.get(0, AgentMetric::guests_stale) == 1);
    CHECK(frame.get(0, AgentMetric::tick_interval) == 1'000'000'000);
    CHECK(frame.get(0, AgentMetric::tick_duration) == 7);
    CHECK(frame.get(0, AgentMetric::tick_lateness) == 5);
    CHECK(frame.get(0, AgentMetric::ticks_skipped) == 2);
    CHECK(frame.get(0, AgentMetric::memory_private).value_or(0) > 100'000);
    CHECK(frame.get(0, AgentMetric::cpu_time).value_or(0) > 0);
}

TEST_CASE("before the first tick is over its duration is unknown, not zero") {
    Frame frame = frame_of_guests(0);
    SelfMetrics().fill({.interval = 1, .frames = 0}, frame);
    CHECK_FALSE(frame.get(0, AgentMetric::tick_duration).has_value());
}

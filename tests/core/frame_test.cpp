#include "core/frame.h"

#include <set>

#include <doctest/doctest.h>

#include "tests/core/sample.h"

using namespace virtscope;

TEST_CASE("frame: reset gives the roster's shape, all absent") {
    Frame frame;
    frame.monotonic = 77;
    frame.reset(sample::roster(3));
    CHECK(frame.table(Scope::Host).rows() == 1);
    CHECK(frame.table(Scope::Guest).rows() == 3);
    CHECK(frame.table(Scope::Vcpu).rows() == 6);
    CHECK(frame.table(Scope::Disk).rows() == 3);
    CHECK(frame.table(Scope::Agent).rows() == 1);
    CHECK(frame.table(Scope::Guest).columns() == static_cast<std::size_t>(GuestMetric::count));
    CHECK(!frame.get(2, GuestMetric::cpu_time));
    CHECK(frame.table(Scope::Nic).row(0).time == 77);
}

TEST_CASE("frame: zero is a value, and reuse forgets") {
    Frame frame;
    frame.reset(sample::roster(2));
    frame.set(1, GuestMetric::cpu_time, 0);
    frame.set(0, DiskMetric::read_ops, 9);
    frame.events.push_back({EventKind::command, {}, "a", "b"});
    CHECK(frame.get(1, GuestMetric::cpu_time) == 0);
    CHECK(!frame.get(0, GuestMetric::cpu_time));
    CHECK(frame.get(0, DiskMetric::read_ops) == 9);
    frame.reset(sample::roster(2));
    CHECK(!frame.get(1, GuestMetric::cpu_time));
    CHECK(frame.events.empty());
}

TEST_CASE("frame: every quality, event and state has its own name") {
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < quality_count; ++i) names.insert(quality_name(static_cast<Quality>(i)));
    CHECK(names.size() == quality_count);
    names.clear();
    for (std::size_t i = 0; i < event_kind_count; ++i) names.insert(event_name(static_cast<EventKind>(i)));
    CHECK(names.size() == event_kind_count);
    names.clear();
    for (std::size_t i = 0; i < guest_state_count; ++i) names.insert(state_name(static_cast<GuestState>(i)));
    CHECK(names.size() == guest_state_count);
    CHECK(state_of(guest_state_count) == GuestState::unknown);
    CHECK(state_of(~std::uint64_t{0}) == GuestState::unknown);
    CHECK(state_of(1) == GuestState::running);
}

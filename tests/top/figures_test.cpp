#include "top/view/figures.h"

#include <doctest/doctest.h>

#include "builder.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

TEST_CASE("%CPU is of all host CPUs, %STL of the guest's vCPUs, %MEM of the host's memory") {
    Pair pair({{.name = "a", .vcpus = 4}}, 2 * second);
    pair.now.set(0, GuestMetric::cpu_time, 2 * second);  // one of two CPUs busy
    pair.now.set(0, GuestMetric::cpu_wait, 2 * second);  // one of four vCPUs waiting
    pair.now.set(0, GuestMetric::memory_balloon, 9'791'692ULL * 256);
    const Picture picture = pair.picture();
    CHECK(*cpu_percent(picture.pair, 0) == doctest::Approx(50));
    CHECK(*steal_percent(picture.pair, 0) == doctest::Approx(25));
    CHECK(*memory_percent(picture.frame(), 0) == doctest::Approx(25));
}

TEST_CASE("a device that was unplugged takes nothing from the sum") {
    const std::vector<GuestSpec> two{{.name = "a", .disks = {"vda", "vdb"}, .nics = {"t0", "t1"}}};
    const std::vector<GuestSpec> one{{.name = "a", .disks = {"vdb"}, .nics = {"t1"}}};
    Frame before = frame_of(two, roster_of(two), 0);
    before.set(0, DiskMetric::read_ops, 1'000'000);
    before.set(1, DiskMetric::read_ops, 10);
    before.set(0, NicMetric::rx_bytes, 1'000'000);
    Frame now = frame_of(one, roster_of(one), second);
    now.set(0, DiskMetric::read_ops, 17);
    const Picture picture = picture_of(before, now);
    CHECK(*rate_sum(picture.pair, 0, DiskMetric::read_ops) == doctest::Approx(7));
    CHECK(*increase_sum(picture.pair, 0, DiskMetric::read_ops) == 7);
    CHECK(*rate_sum(picture.pair, 0, NicMetric::rx_bytes) == doctest::Approx(0));
}

TEST_CASE("counters that went back, guests that restarted, guests without devices: not known") {
    const std::vector<GuestSpec> first{{.name = "a"}, {.name = "b", .disks = {}, .nics = {}}};
    auto second_start = first;
    second_start[0].generation = 2;
    Frame before = frame_of(first, roster_of(first), 0);
    before.set(0, DiskMetric::read_ops, 100);
    before.set(1, GuestMetric::cpu_time, 5 * second);
    SUBCASE("reset") {
        Frame now = frame_of(first, before.roster, second);
        now.set(0, DiskMetric::read_ops, 3);
        const Picture picture = picture_of(before, now);
        CHECK_FALSE(rate_sum(picture.pair, 0, DiskMetric::read_ops));
        CHECK_FALSE(cpu_percent(picture.pair, 1));
        CHECK_FALSE(rate_sum(picture.pair, 1, DiskMetric::read_ops));
    }
    SUBCASE("restart") {
        Frame now = frame_of(second_start, roster_of(second_start), second);
        now.set(0, DiskMetric::read_ops, 5000);
        const Picture picture = picture_of(before, now);
        CHECK_FALSE(rate_sum(picture.pair, 0, DiskMetric::read_ops));
        CHECK_FALSE(cpu_percent(picture.pair, 0));
    }
}

TEST_CASE("the age counts from when the frame is looked at") {
    Pair pair({{.name = "a"}});
    Picture picture = pair.picture();
    picture.age = std::chrono::seconds(12);
    CHECK(*monitor_age(picture, 0) == std::chrono::milliseconds(12'300));
    picture.age.reset();
    CHECK_FALSE(monitor_age(picture, 0));
    picture.is_history = true;  // how old it was then
    CHECK(*monitor_age(picture, 0) == std::chrono::milliseconds(300));
    pair.now.set(0, GuestMetric::monitor_age, UINT64_MAX);  // of a damaged ring
    CHECK(*monitor_age(pair.picture(), 0) > std::chrono::hours(1));
}

TEST_CASE("totals count every state, once, and add what is known") {
    Pair pair({{.name = "r"},
               {.name = "s", .state = GuestState::blocked},
               {.name = "p", .state = GuestState::paused},
               {.name = "io", .state = GuestState::paused_io},
               {.name = "m", .state = GuestState::suspended},
               {.name = "d", .state = GuestState::shutting_down},
               {.name = "o", .state = GuestState::shut_off},
               {.name = "x", .state = GuestState::crashed},
               {.name = "?", .state = GuestState::unknown}});
    pair.now.set(0, GuestMetric::cpu_time, second / 2);
    pair.now.set(1, GuestMetric::stale, 1);
    pair.now.table(Scope::Guest).row(2).quality = Quality::stale;
    const Totals totals = totals_of(pair.picture().pair);
    CHECK(totals.guests == 9);
    CHECK(totals.active == 8);
    CHECK(totals.inactive == 1);
    CHECK(totals.running == 1);
    CHECK(totals.blocked == 1);
    CHECK(totals.paused == 3);
    CHECK(totals.shutting_down == 1);
    CHECK(totals.shut_off == 1);
    CHECK(totals.crashed == 1);
    CHECK(totals.unknown == 1);
    CHECK(totals.stale == 2);
    CHECK(*totals.cpu_percent == doctest::Approx(25));
    CHECK(*totals.cpu_time == second / 2);
    CHECK(*totals.memory == 9 * (16ULL << 20));
}

// The mode `agent`, and the rule that every mode keeps: no answer from old data.
#include <doctest/doctest.h>

#include "world.h"

using namespace virtscope;
using namespace virtscope::checks;

TEST_CASE("an agent in time is OK and tells its figures") {
    World world;
    world.write(100);
    const Answer answer = world.run({"agent", "-w", "2", "-c", "5"}, 100.5);
    CHECK(answer.status == Status::ok);
    CHECK(has(answer, "VIRT AGENT OK: newest data 500 ms old, tick took 3.0 ms, memory of the agent 5 MiB, guests 1 | age=0.5s;2;5;0 "
                      "lateness=U;;;0 duration=0.003s;;;0 skipped=U;;;0 cpu=U memory=5242880B;;;0 guests=1;;;0 guests_stale=U;;;0\n"));
    CHECK(has(world.run({"agent", "-vv"}, 100.5), "interval: 1 s"));
}

TEST_CASE("thresholds are on the age in seconds") {
    World world;
    world.write(100);
    CHECK(world.exit_code({"agent", "-w", "1.5", "-c", "2.5"}, 101.5) == 0);
    CHECK(world.exit_code({"agent", "-w", "1.5", "-c", "2.5"}, 101.75) == 1);
    CHECK(world.exit_code({"agent", "-w", "1.5", "-c", "2.5"}, 102.75) == 2);
    CHECK(world.exit_code({"agent", "-c", "2.5"}, 500) == 2);
    CHECK(world.exit_code({"agent", "-c", "1000"}, 500) == 3);
}

TEST_CASE("no mode says OK two intervals and a second after the last sample") {
    World world;
    world.write(40, 100);
    for (const char* const mode : {"state", "cpu", "agent"}) {
        CAPTURE(mode);
        CHECK(world.exit_code({mode}, 103) == 0);
        CHECK(world.exit_code({mode}, 103.01) == 3);
        CHECK(world.exit_code({mode}, 1e6) == 3);
    }
    const Answer answer = world.run({"state"}, 112);
    CHECK(has(answer, "the newest data is 12 s old, with a sample each 1 s"));
    CHECK(has(answer, "virtscoped"));
}

TEST_CASE("the interval is the agent's") {
    World world;
    world.interval = 10 * second;
    world.write(100);
    CHECK(world.exit_code({"state"}, 121) == 0);
    CHECK(world.exit_code({"state"}, 121.5) == 3);
    world.interval = std::nullopt;
    world.write(130);
    CHECK(world.exit_code({"state"}, 130) == 3);
    world.interval = ~std::uint64_t{0};
    world.write(131);
    CHECK(world.exit_code({"state"}, 131) == 3);
}

TEST_CASE("a step of the wall clock makes nothing old and nothing young") {
    World world;
    world.write(40, 100);
    for (const std::int64_t step : {-3600 * second, 3600 * second, -100'000'000 * second}) {
        world.wall_step = step;
        for (const char* const mode : {"state", "cpu", "agent"}) {
            CHECK(world.exit_code({mode}, 101) == 0);
            CHECK(world.exit_code({mode}, 110) == 3);
        }
    }
}

TEST_CASE("a frame from the future is not fresh") {
    World world;
    world.write(40, 100);
    for (const char* const mode : {"state", "cpu", "agent"}) CHECK(world.exit_code({mode}, 90) == 3);
    CHECK(has(world.run({"agent"}, 90), "from the future"));
    CHECK(has(world.run({"agent"}, 90), "age=U"));
}

TEST_CASE("a ring of an earlier boot is old by the wall clock") {
    World world;
    world.write(40, 100);
    world.boot_now = "another";
    world.wall_step = 50 * second;
    for (const char* const mode : {"state", "cpu", "agent"}) CHECK(world.exit_code({mode}, 101) == 3);
    // The new boot's monotonic clock may well be near the frame's: that means nothing.
    world.wall_step = -90 * second;
    for (const char* const mode : {"state", "cpu", "agent"}) CHECK(world.exit_code({mode}, 101) == 3);
}

TEST_CASE("guests mean nothing to the agent") {
    World world;
    world.write(100);
    CHECK(has(world.run({"agent", "--guest", "web01"}, 100), "--guest"));
}

// The mode `cpu`: windows, bases, thresholds, and what it says when there is no rate.
#include <doctest/doctest.h>

#include "world.h"

using namespace virtscope;
using namespace virtscope::checks;

TEST_CASE("use of CPU is of the guest's vCPUs, of one CPU, or of the host") {
    World world;  // uses 0.5 CPUs, has 2 vCPUs, on a host of 4
    world.write(100, 200);
    CHECK(has(world.run({"cpu"}, 200), "VIRT CPU OK: 1 guest, highest CPU use 25.0 % (web01) | web01=25%\n"));
    CHECK(has(world.run({"cpu", "--of", "cpu"}, 200), "CPU use 50.0 % (web01) | web01=50%"));
    CHECK(has(world.run({"cpu", "--of", "host"}, 200), "CPU use 12.5 % (web01) | web01=12.5%"));
    CHECK(has(world.run({"cpu", "--of", "host", "-vv"}, 200), "100 % is all CPUs of the host"));
    CHECK(has(world.run({"cpu", "--of", "cpu", "-vv"}, 200), "100 % is one CPU of the host"));
    CHECK(has(world.run({"cpu", "-vv"}, 200), "100 % is all of the guest's vCPUs"));
    CHECK(has(world.run({"cpu", "--of", "moon"}, 200), "--of moon: want vcpus, cpu or host"));
}

TEST_CASE("a basis that is not known gives no percentage") {
    World world;
    world.host_cpus = std::nullopt;
    world.guests[0].vcpus = std::nullopt;
    world.write(100, 200);
    CHECK(world.exit_code({"cpu", "--of", "host"}, 200) == 3);
    CHECK(world.exit_code({"cpu"}, 200) == 3);
    CHECK(world.exit_code({"cpu", "--of", "cpu"}, 200) == 0);
    CHECK(has(world.run({"cpu"}, 200), "web01=U"));
    world.guests[0].vcpus = 0;
    world.write(201, 270);
    CHECK(world.exit_code({"cpu"}, 270) == 3);
}

TEST_CASE("thresholds, both ends belonging to the range, for each guest") {
    World world;
    world.guests = {{.name = "idle", .cpus_used = 0, .note = {}, .cpu_time_cell = {}},
                    {.name = "busy", .cpus_used = 1.5, .note = {}, .cpu_time_cell = {}}};
    world.write(100, 200);
    CHECK(world.exit_code({"cpu", "-w", "75", "-c", "90"}, 200) == 0);
    CHECK(world.exit_code({"cpu", "-w", "74.9", "-c", "90"}, 200) == 1);
    CHECK(world.exit_code({"cpu", "-w", "50", "-c", "74"}, 200) == 2);
    CHECK(world.exit_code({"cpu", "-c", "1:"}, 200) == 2);  // the idle one
    CHECK(world.exit_code({"cpu", "-c", "1:", "--guest", "busy"}, 200) == 0);
    const Answer answer = world.run({"cpu", "-w", "50", "-c", "74"}, 200);
    CHECK(has(answer, ": busy CPU use 75.0 %, outside 74 % | idle=0%;50;74 busy=75%;50;74\n"));
}

TEST_CASE("the rate is over the window, not over all there is") {
    World world;
    world.write(100, 200);  // half a CPU
    world.guests[0].cpu_time_cell = 100 * second;  // stands still from here
    world.write(201, 240);
    CHECK(has(world.run({"cpu", "--of", "cpu", "--window", "30s"}, 240), "web01=0%"));
    CHECK(has(world.run({"cpu", "--of", "cpu", "--window", "30"}, 240), "web01=0%"));
    for (const char* const window : {"0s", "x", "-5s", "25h", "1e3s"}) {
        CHECK(has(world.run({"cpu", "--window", window}, 240), "want a duration from 1s to 24h"));
    }
}

TEST_CASE("a ring that is shorter than the window says over what time it is") {
    World world;
    world.write(100, 110);
    const Answer answer = world.run({"cpu"}, 110);
    CHECK(answer.status == Status::ok);
    CHECK(has(answer, "rates are over 10 s instead of"));
    CHECK(has(answer, "web01=25%"));
}

TEST_CASE("a pause of the agent is not averaged over") {
    World world;
    world.guests[0].cpus_used = 0;
    world.write(100, 110);
    world.guests[0].cpus_used = std::nullopt;
    for (std::int64_t at = 4000; at <= 4010; ++at) {
        world.guests[0].cpu_time_cell = static_cast<std::uint64_t>((at - 4000) * 2 * second);
        world.write(at);
    }
    // Over the whole hour it would be 0.3 %; in the last seconds both vCPUs are busy.
    const Answer answer = world.run({"cpu", "-c", "90"}, 4010);
    CHECK(answer.status == Status::critical);
    CHECK(has(answer, "web01=100%"));
    CHECK(has(answer, "instead of"));
}

TEST_CASE("without two samples there is no rate") {
    World world;
    world.write(100);
    CHECK(world.exit_code({"cpu"}, 100) == 3);
    CHECK(has(world.run({"cpu"}, 100), "only one sample so far"));
}

TEST_CASE("a guest that has just started is UNKNOWN and says since when") {
    World world;
    world.write(100, 200);
    world.guests[0].started = 190;
    world.write(201, 210);
    const Answer answer = world.run({"cpu"}, 210);
    CHECK(answer.status == Status::unknown);
    CHECK(has(answer, "web01 CPU use is not known: started 20 s ago, less than a window"));
    CHECK(has(answer, "web01=U"));
    CHECK(world.exit_code({"cpu", "--window", "5s"}, 210) == 0);
}

TEST_CASE("a counter that is absent or went back gives UNKNOWN, never 0 %") {
    World world;
    world.guests[0].cpus_used = std::nullopt;
    world.write(100, 200);
    CHECK(world.exit_code({"cpu"}, 200) == 3);
    world.guests[0].cpu_time_cell = 90 * second;
    world.write(201, 300);
    world.guests[0].cpu_time_cell = 1 * second;
    world.write(301);
    const Answer answer = world.run({"cpu", "-c", "90"}, 301);
    CHECK(answer.status == Status::unknown);
    CHECK(has(answer, "CPU use is not known"));
}

TEST_CASE("a guest that does not answer is not OK, but its use of CPU is shown and judged") {
    World world;
    world.guests[0].stale = 1;
    world.write(100, 200);
    const Answer answer = world.run({"cpu"}, 200);
    CHECK(answer.status == Status::unknown);
    CHECK(has(answer, "web01 CPU use 25.0 %, but does not answer | web01=25%"));
    CHECK(world.exit_code({"cpu", "-c", "20"}, 200) == 2);
}

TEST_CASE("a missing guest, a glob without a match and an empty host are UNKNOWN") {
    World world;
    world.write(100, 200);
    CHECK(world.exit_code({"cpu", "--guest", "db02"}, 200) == 3);
    CHECK(world.exit_code({"cpu", "--guest", "web01", "--guest", "db02"}, 200) == 3);
    CHECK(world.exit_code({"cpu", "--guest", "db*"}, 200) == 3);
    world.guests.clear();
    world.write(201);
    CHECK(world.exit_code({"cpu"}, 201) == 3);
}

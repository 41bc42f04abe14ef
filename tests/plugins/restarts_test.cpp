// The modes `restarts` and `uptime`.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

void restart(World& world, std::size_t guest, std::int64_t at) {
    world.guests[guest].started = at;
    world.tell(EventKind::guest_started, guest);
    world.write(at);
}

}  // namespace

TEST_CASE("restarts: of four states each is reached") {
    World world;
    fill_full(world);
    world.write(100, 199);
    CHECK(world.exit_code({"restarts", "--window", "60s"}, 199) == 0);
    restart(world, 0, 200);
    CHECK(world.exit_code({"restarts", "--window", "60s"}, 200) == 1);
    CHECK(world.exit_code({"restarts", "--window", "60s", "-w", "1"}, 200) == 0);
    for (const std::int64_t at : {201, 202, 203}) restart(world, 0, at);
    const Answer answer = world.run({"restarts", "--window", "60s"}, 203);
    CHECK(answer.status == Status::critical);
    CHECK(has(answer, "VIRT RESTARTS CRITICAL: 4 starts of 1 guests in 1 min: web01 started 4 times, last "));
    CHECK(has(answer, "| web01=4;0;3;0\n"));
    CHECK(world.exit_code({"restarts", "--guest", "nobody"}, 203) == 3);
    world.write(204, 300);
    CHECK(world.exit_code({"restarts", "--window", "60s"}, 300) == 0);
}

TEST_CASE("a start while no agent looked shows in the guest's own start") {
    World world;
    fill_full(world);
    world.write(100);
    world.guests[0].started = 150;
    world.write(190, 200);
    CHECK(world.exit_code({"restarts", "--window", "90s"}, 200) == 1);
    CHECK(has(world.run({"restarts", "--window", "90s"}, 200), "web01 started at "));
    CHECK(world.exit_code({"restarts", "--window", "30s"}, 200) == 0);
}

TEST_CASE("a ring that is too short is no proof unless the guest's start is known") {
    World world;
    fill_full(world);
    world.guests[0].started = 0;
    world.write(190, 200);
    const Answer known = world.run({"restarts"}, 200);
    CHECK(known.status == Status::warning);  // the world began 200 s ago, within the hour
    CHECK(has(known, "the ring does not reach back that far"));
    // Of a guest that started once there may have been more starts; of one that started before the window there were none.
    CHECK(world.exit_code({"restarts", "-w", "2"}, 200) == 3);
    CHECK(has(world.run({"restarts", "-w", "2"}, 200), "web01 started at "));
    CHECK(world.exit_code({"restarts", "--window", "100s"}, 200) == 0);
    CHECK_FALSE(has(world.run({"restarts", "--window", "100s"}, 200), "does not reach back"));
    world.guests[0].start_known = false;
    world.write(201);
    const Answer unknown = world.run({"restarts", "--window", "100s"}, 201);
    CHECK(unknown.status == Status::unknown);
    CHECK(has(unknown, "web01 did not start, as far as is known"));
    CHECK(world.exit_code({"restarts", "--window", "5s"}, 201) == 0);
    for (const std::uint64_t garbage : {~0ULL, 1ULL << 63, 4'000'000'000ULL * second}) {
        world.guests[0].cells.now[GuestMetric::start_time] = garbage;
        world.write(202);
        CHECK(world.exit_code({"restarts", "--window", "100s"}, 202) == 3);
        CHECK(world.exit_code({"uptime"}, 202) == 3);
    }
}

TEST_CASE("--worst and --top of restarts") {
    World world;
    fill_full(world);
    world.guests.push_back(full_guest("db02"));
    world.guests.push_back(full_guest("mail03"));
    world.write(100, 199);
    restart(world, 1, 200);
    restart(world, 1, 201);
    restart(world, 2, 202);
    CHECK(has(world.run({"restarts", "--window", "60s", "--worst"}, 202), "| restarts=2;0;3;0\n"));
    CHECK(has(world.run({"restarts", "--window", "60s", "--top", "2"}, 202), "| db02=2;0;3;0 mail03=1;0;3;0\n"));
    CHECK(has(world.run({"restarts", "--window", "60s", "--guest", "db02"}, 202), "| restarts=2;0;3;0\n"));
    CHECK(has(world.run({"restarts", "--window", "60s"}, 202), "| web01=0;0;3;0 db02=2;0;3;0 mail03=1;0;3;0\n"));
}

TEST_CASE("uptime: of four states each is reached") {
    World world;
    fill_full(world);
    world.guests[0].started = 0;
    world.write(100, 200);
    CHECK(world.exit_code({"uptime", "-w", "200s:", "-c", "1min:"}, 200) == 0);
    CHECK(world.exit_code({"uptime", "-w", "201s:", "-c", "1min:"}, 200) == 1);
    CHECK(world.exit_code({"uptime", "-c", "3min"}, 200) == 2);
    CHECK(has(world.run({"uptime"}, 200), "1 guest, lowest uptime 3 min 20 s (web01) | web01=200s;;;0\n"));
    world.guests[0].start_known = false;
    world.write(201);
    CHECK(world.exit_code({"uptime"}, 201) == 3);
}

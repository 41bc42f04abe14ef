// The mode `responsive`: a monitor that does not answer, for how long, and what it was asked.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

void hang(WorldGuest& guest, std::uint64_t seconds) {
    guest.stale = 1;
    guest.cells.now[GuestMetric::monitor_age] = seconds * second;
}

}  // namespace

TEST_CASE("all answer") {
    World world;
    fill_full(world);
    world.guests.push_back(full_guest("db02"));
    world.write(140, 200);
    CHECK(has(world.run({"responsive"}, 200), "VIRT RESPONSIVE OK: 2 guests, all answer | web01=0s;5;30;0 db02=0s;5;30;0\n"));
}

TEST_CASE("responsive: of four states each is reached, by presets and by thresholds") {
    World world;
    fill_full(world);
    hang(world.guests[0], 5);
    world.write(140, 200);
    CHECK(world.exit_code({"responsive"}, 200) == 0);  // of a known age within its threshold
    hang(world.guests[0], 6);
    world.write(201);
    CHECK(world.exit_code({"responsive"}, 201) == 1);
    CHECK(world.exit_code({"responsive", "-c", "5.5"}, 201) == 2);
    hang(world.guests[0], 31);
    world.write(202);
    CHECK(world.exit_code({"responsive"}, 202) == 2);
    CHECK(world.exit_code({"responsive", "-w", "1min", "-c", "2min"}, 202) == 0);
    world.guests[0].cells.now.erase(GuestMetric::monitor_age);
    world.write(203);
    CHECK(world.exit_code({"responsive"}, 203) == 3);
    CHECK(world.exit_code({"responsive", "-w", "latency=1s"}, 203) == 3);
}

TEST_CASE("which question is not answered is told") {
    World world;
    fill_full(world);
    world.write(140, 190);
    world.tell(EventKind::monitor_lost, 0, "no answer to query-blockstats");
    hang(world.guests[0], 10);
    world.write(191, 200);
    const Answer answer = world.run({"responsive"}, 200);
    CHECK(answer.status == Status::warning);
    CHECK(has(answer, "WARNING: web01 monitor's silence 10 s, outside 5 s: no answer to query-blockstats, since "));
}

TEST_CASE("no monitor at all is UNKNOWN, with the driver's reason") {
    World world;
    fill_full(world);
    world.guests[0].stale = std::nullopt;
    world.guests[0].note = "monitor: in use by libvirt";
    world.write(200);
    const Answer answer = world.run({"responsive"}, 200);
    CHECK(answer.status == Status::unknown);
    CHECK(has(answer, "monitor: in use by libvirt"));
}

TEST_CASE("the latency of answers") {
    World world;
    fill_full(world);
    world.write(200);
    CHECK(world.exit_code({"responsive", "-w", "latency=1.5ms"}, 200) == 0);
    CHECK(world.exit_code({"responsive", "-w", "latency=1.4ms"}, 200) == 1);
    // The presets on what is unanswered stay where only the latency is named.
    hang(world.guests[0], 40);
    world.write(201);
    CHECK(world.exit_code({"responsive", "-w", "latency=1s"}, 201) == 2);
}

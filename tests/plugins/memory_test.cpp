// The modes `memory` and `balloon`: what guests' balloon drivers tell, and what is said where they do not.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

TEST_CASE("what could be had without swapping is not used; older guests tell only what is free") {
    World world;
    fill_full(world);
    world.guests[0].cells.now[GuestMetric::memory_unused] = 1ULL << 27;
    world.write(200);
    CHECK(has(world.run({"memory"}, 200), "web01=75%"));
    world.guests[0].cells.now.erase(GuestMetric::memory_usable);
    world.write(201);
    CHECK(has(world.run({"memory"}, 201), "web01=87.5%"));
}

TEST_CASE("a guest whose balloon tells nothing is UNKNOWN, with the way out of it") {
    World world;
    fill_full(world);
    world.guests[0].cells.now.erase(GuestMetric::memory_available);
    world.write(140, 200);
    const Answer answer = world.run({"memory", "-w", "85", "-c", "95"}, 200);
    CHECK(answer.status == Status::unknown);
    CHECK(has(answer, "VIRT MEMORY UNKNOWN: 1 guest: web01 memory in use is not known | web01=U;85;95\n"));
    CHECK(has(answer, "UNKNOWN: web01 memory in use is not known: its balloon tells nothing: no balloon device, no driver"));
    world.guests[0].note = "monitor: in use by libvirt";
    world.write(201);
    CHECK(has(world.run({"memory"}, 201), "is not known: monitor: in use by libvirt"));
    CHECK(world.exit_code({"memory", "-w", "resident=3GiB"}, 201) == 0);
    CHECK(world.exit_code({"memory", "-w", "resident=1GiB"}, 201) == 1);
}

TEST_CASE("memory that cannot be is not known") {
    World world;
    fill_full(world);
    for (const std::uint64_t usable : {(1ULL << 30) + 1, ~0ULL}) {
        world.guests[0].cells.now[GuestMetric::memory_usable] = usable;
        world.write(200);
        CHECK(world.exit_code({"memory"}, 200) == 3);
    }
    world.guests[0].cells.now[GuestMetric::memory_available] = 0;
    world.guests[0].cells.now[GuestMetric::memory_usable] = 0;
    world.write(201);
    CHECK(world.exit_code({"memory"}, 201) == 3);
}

TEST_CASE("memory: of four states each is reached") {
    World world;
    fill_full(world);
    world.write(140, 200);
    CHECK(world.exit_code({"memory", "-w", "75", "-c", "95"}, 200) == 0);
    CHECK(world.exit_code({"memory", "-w", "74.99", "-c", "95"}, 200) == 1);
    CHECK(world.exit_code({"memory", "-w", "50", "-c", "74.99"}, 200) == 2);
    CHECK(world.exit_code({"memory", "--guest", "nobody"}, 200) == 3);
    CHECK(world.exit_code({"memory", "-w", "swap_out=8KB"}, 200) == 1);
}

TEST_CASE("balloon: of four states each is reached") {
    World world;
    fill_full(world);
    world.write(140, 200);
    CHECK(world.exit_code({"balloon", "-w", "50:", "-c", "25:"}, 200) == 0);
    CHECK(world.exit_code({"balloon", "-w", "50.01:", "-c", "25:"}, 200) == 1);
    CHECK(world.exit_code({"balloon", "-w", "90:", "-c", "51:"}, 200) == 2);
    CHECK(world.exit_code({"balloon", "-c", "taken=1GiB"}, 200) == 0);
    CHECK(world.exit_code({"balloon", "-c", "taken=1GB"}, 200) == 2);
    CHECK(has(world.run({"balloon"}, 200), "1 guest, lowest memory left by the balloon 50.0 % (web01) | web01=50%\n"));
    for (const GuestMetric gone : {GuestMetric::memory_balloon, GuestMetric::memory_max}) {
        World other;
        fill_full(other);
        other.guests[0].cells.now.erase(gone);
        other.write(200);
        CHECK(other.exit_code({"balloon"}, 200) == 3);
    }
    world.guests[0].cells.now[GuestMetric::memory_balloon] = ~0ULL;
    world.write(201);
    CHECK(world.exit_code({"balloon", "-w", "50:"}, 201) == 3);
}

// Xen's Domain-0, until somebody sets one.
TEST_CASE("balloon: a guest without a target is judged by what it has, and UNKNOWN only where the target is asked for") {
    World world;
    fill_full(world);
    world.guests[0].cells.now.erase(GuestMetric::memory_target);
    world.write(140, 200);
    CHECK(world.exit_code({"balloon"}, 200) == 0);
    CHECK(has(world.run({"balloon", "--guest", "web01"}, 200), "OK: web01 memory left by the balloon 50.0 % | left=50% taken="));
    CHECK(has(world.run({"balloon", "--guest", "web01"}, 200), "over_target=U"));
    CHECK(world.exit_code({"balloon", "-w", "40:"}, 200) == 0);
    CHECK(world.exit_code({"balloon", "-w", "over_target=1GiB"}, 200) == 3);
}

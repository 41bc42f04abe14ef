// The mode `net`: bytes, packets, and what is lost.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

TEST_CASE("net: of four states each is reached") {
    World world;
    fill_full(world);
    world.write(140, 200);
    CHECK(world.exit_code({"net", "-w", "rx_drops=12", "-c", "rx_drops=100"}, 200) == 0);
    CHECK(world.exit_code({"net", "-w", "rx_drops=11", "-c", "rx_drops=100"}, 200) == 1);
    CHECK(world.exit_code({"net", "-w", "rx_drops=5,tx_drops=14", "-c", "rx_drops=11"}, 200) == 2);
    CHECK(world.exit_code({"net", "--guest", "nobody"}, 200) == 3);
    CHECK(world.exit_code({"net", "-c", "tx_bytes=1.9KB"}, 200) == 2);
    CHECK(world.exit_code({"net", "-c", "tx_bytes=2KiB"}, 200) == 0);
    CHECK(has(world.run({"net", "-c", "tx_bytes=1KB"}, 200), "web01 vnet0 sends 2 KiB/s, outside 1 KB/s"));
}

TEST_CASE("a silent card is found by a range from below") {
    World world;
    fill_full(world);
    world.guests.push_back(full_guest("mute"));
    for (auto& [metric, rate] : world.guests[1].nics[0].cells.per_second) rate = 0;
    world.write(140, 200);
    const Answer answer = world.run({"net", "-c", "rx_packets=1:"}, 200);
    CHECK(answer.status == Status::critical);
    CHECK(has(answer, ": mute vnet0 packets received 0/s, outside 1/s: "));
}

TEST_CASE("counters that the kernel does not tell are UNKNOWN; a guest without cards is in order") {
    World world;
    fill_full(world);
    world.guests[0].nics[0].cells.per_second.clear();
    world.write(140, 200);
    CHECK(world.exit_code({"net"}, 200) == 3);
    CHECK(world.exit_code({"net", "-w", "rx_drops=1"}, 200) == 3);
    world.guests[0].nics.clear();
    world.write(201);
    CHECK(world.exit_code({"net"}, 201) == 0);
    CHECK(has(world.run({"net", "-v"}, 201), "OK: web01 has no network cards"));
}

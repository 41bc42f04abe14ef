// The mode `block`: latency out of times and operations, failed operations, and which disks are meant.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

// A fast system disk, a slow one for data, and a CD that nobody reads.
void fill_disks(World& world) {
    fill_full(world);
    auto& disks = world.guests[0].disks;
    disks.push_back(disks[0]);
    disks.push_back(disks[0]);
    disks[1].name = "vdb";
    disks[1].cells.per_second[DiskMetric::write_time] = 1.5e9;
    disks[2].name = "sr0";
    for (auto& [metric, rate] : disks[2].cells.per_second) rate = 0;
}

}  // namespace

TEST_CASE("the worst disk speaks for its guest, and is named") {
    World world;
    fill_disks(world);
    world.write(140, 200);
    const Answer answer = world.run({"block", "-w", "write_latency=20ms", "-c", "write_latency=100ms"}, 200);
    CHECK(answer.status == Status::warning);
    CHECK(has(answer, "VIRT BLOCK WARNING: 1 guest, highest write latency 50.0 ms (web01): web01 vdb write latency 50.0 ms, "
                      "outside 20 ms | "));
    CHECK(has(answer, " web01_write_latency=0.05s;0.02;0.1;0 "));
}

TEST_CASE("a disk without operations has no latency, which is no cause for alarm") {
    World world;
    fill_disks(world);
    world.write(140, 200);
    const Answer answer = world.run({"block", "--guest", "web01", "--device", "sr0", "-c", "1us", "--why"}, 200);
    CHECK(answer.status == Status::ok);
    CHECK(has(answer, " sr0_latency=U;;0.000001;0 "));
    CHECK(has(answer, "sr0 latency idle"));
}

TEST_CASE("--device chooses; one that nobody has is UNKNOWN") {
    World world;
    fill_disks(world);
    world.write(140, 200);
    CHECK(world.exit_code({"block", "-c", "20ms"}, 200) == 2);
    CHECK(world.exit_code({"block", "-c", "20ms", "--device", "vda"}, 200) == 0);
    CHECK(world.exit_code({"block", "-c", "20ms", "--device", "vda", "--device", "vdb"}, 200) == 2);
    const Answer none = world.run({"block", "-c", "20ms", "--device", "vdz"}, 200);
    CHECK(none.status == Status::unknown);
    CHECK(has(none, "web01 has no device of that name"));
    CHECK_FALSE(has(world.run({"block", "--guest", "web01", "--device", "vda"}, 200), "vdb_"));
    const Answer one_of_two = world.run({"block", "-c", "20ms", "--device", "vda", "--device", "vdz"}, 200);
    CHECK(one_of_two.status == Status::unknown);
    CHECK(has(one_of_two, ": no guest that is checked has a device 'vdz' | web01="));
    CHECK(world.exit_code({"block", "--guest", "web01", "--device", "vda", "--device", "vdz"}, 200) == 3);
}

TEST_CASE("failed operations alert by themselves; where the hypervisor does not tell them the rest is judged") {
    World world;
    fill_disks(world);
    world.guests[0].disks[0].cells.per_second[DiskMetric::failed_ops] = 0.1;
    world.write(140, 200);
    const Answer answer = world.run({"block"}, 200);
    CHECK(answer.status == Status::warning);
    CHECK(has(answer, "web01 vda failed operations 6, outside 0"));
    CHECK(world.exit_code({"block", "-c", "errors=5"}, 200) == 2);
    CHECK(world.exit_code({"block", "-c", "errors=6"}, 200) == 0);

    World untold;
    fill_disks(untold);
    for (auto& disk : untold.guests[0].disks) disk.cells.per_second.erase(DiskMetric::failed_ops);
    untold.write(140, 200);
    CHECK(untold.exit_code({"block"}, 200) == 0);
    CHECK(untold.exit_code({"block", "-w", "20ms"}, 200) == 1);
    CHECK(untold.exit_code({"block", "-w", "errors=0"}, 200) == 3);
}

TEST_CASE("a guest without disks is in order, unless something kept us from seeing them") {
    World world;
    fill_full(world);
    world.guests[0].disks.clear();
    world.write(140, 200);
    CHECK(world.exit_code({"block"}, 200) == 0);
    CHECK(has(world.run({"block", "-v"}, 200), "OK: web01 has no disks"));
    world.guests[0].note = "monitor: permission denied";
    world.write(201);
    CHECK(world.exit_code({"block"}, 201) == 3);
    CHECK(has(world.run({"block"}, 201), "web01 has no disks (monitor: permission denied)"));
}

TEST_CASE("a disk that was replugged has no rates yet") {
    World world;
    fill_full(world);
    world.write(140, 199);
    world.guests[0].disks[0].name = "vdc";
    world.write(200);
    CHECK(world.exit_code({"block"}, 200) == 3);
    CHECK(has(world.run({"block", "--guest", "web01"}, 200), "vdc_latency=U"));
}

TEST_CASE("of Xen's guests latencies are not known, and it says what is; one without disks is in order") {
    World world;
    fill_full(world);
    world.guests[0].driver = "xen";
    for (auto& disk : world.guests[0].disks) {
        disk.cells.per_second.erase(DiskMetric::read_time);
        disk.cells.per_second.erase(DiskMetric::write_time);
    }
    world.write(140, 200);
    const Answer answer = world.run({"block", "--guest", "web01"}, 200);
    CHECK(answer.status == Status::unknown);
    CHECK(has(answer, "latency is not known: Xen's block backend counts requests and bytes alone: judge those"));
    CHECK(world.exit_code({"block", "-w", "read_ops=1000000"}, 200) == 0);
    world.guests[0].disks.clear();
    world.write(201, 261);
    CHECK(world.exit_code({"block", "--guest", "web01"}, 261) == 0);
}

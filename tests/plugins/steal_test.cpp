// The mode `steal`: a guest's wait over all its vCPUs, and each vCPU's own.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

TEST_CASE("one starved vCPU shows, though the guest as a whole does well") {
    World world;
    fill_full(world);
    world.guests[0].cells.per_second[GuestMetric::cpu_wait] = 0.1e9;
    world.guests[0].vcpu_rows[0].cells.per_second[VcpuMetric::wait] = 0;
    world.guests[0].vcpu_rows[1].cells.per_second[VcpuMetric::wait] = 0.9e9;
    world.write(140, 200);
    CHECK(world.exit_code({"steal", "-w", "10", "-c", "25"}, 200) == 0);
    const Answer answer = world.run({"steal", "-w", "10", "-c", "vcpu=50"}, 200);
    CHECK(answer.status == Status::critical);
    CHECK(has(answer, "web01 vCPU 1 steal 90.0 %, outside 50 %"));
    CHECK(has(world.run({"steal", "--guest", "web01"}, 200), "| steal=5% 0_vcpu=0% 1_vcpu=90%\n"));
}

TEST_CASE("no wait to be had is UNKNOWN") {
    World world;
    fill_full(world);
    world.guests[0].cells.per_second.erase(GuestMetric::cpu_wait);
    world.write(140, 200);
    CHECK(world.exit_code({"steal"}, 200) == 3);
    CHECK(has(world.run({"steal"}, 200), "web01 steal is not known"));
    CHECK(world.exit_code({"steal", "-w", "vcpu=20"}, 200) == 0);
}

TEST_CASE("of four states each is reached") {
    World world;
    fill_full(world);
    world.write(140, 200);
    CHECK(world.exit_code({"steal", "-w", "10.5", "-c", "25"}, 200) == 0);
    CHECK(world.exit_code({"steal", "-w", "9", "-c", "25"}, 200) == 1);
    CHECK(world.exit_code({"steal", "-w", "5", "-c", "9"}, 200) == 2);
    CHECK(world.exit_code({"steal", "--guest", "nobody"}, 200) == 3);
}

TEST_CASE("of Xen's guests steal is not known, and it says who knows") {
    World world;
    fill_full(world);
    world.guests[0].driver = "xen";
    world.guests[0].cells.per_second.erase(GuestMetric::cpu_wait);
    world.write(140, 200);
    const Answer answer = world.run({"steal", "--guest", "web01"}, 200);
    CHECK(answer.status == Status::unknown);
    CHECK(has(answer, "web01 steal is not known: Xen tells no run-queue wait, an agent in the guest has it"));
}

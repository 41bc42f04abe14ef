// The mode `host`, and what is said where the kernel tells less.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

TEST_CASE("a host in order tells its first figures and all as performance data") {
    World world;
    fill_full(world);
    world.write(140, 200);
    CHECK(has(world.run({"host"}, 200),
              "VIRT HOST OK: CPU in use 45.0 %, memory in use 75.0 %, vCPUs for each CPU 0.5, memory given to guests 25.0 % | "
              "cpu=45% memory=75% vcpu_ratio=0.5;;;0 memory_committed=25% guest_cpu=12.5% iowait=5% steal=5% swap=25% "
              "load1=1.5;;;0 psi_cpu=10% psi_memory=2% psi_io=5% 0_numa_free=25% "));
}

TEST_CASE("host: of four states each is reached, and what alerts is told with its range") {
    World world;
    fill_full(world);
    world.write(140, 200);
    CHECK(world.exit_code({"host", "-w", "memory=75", "-c", "memory=90"}, 200) == 0);
    CHECK(world.exit_code({"host", "-w", "memory=74", "-c", "memory=90"}, 200) == 1);
    const Answer answer = world.run({"host", "-w", "cpu=40,psi_memory=1", "-c", "memory=70"}, 200);
    CHECK(answer.status == Status::critical);
    CHECK(has(answer, ": memory in use 75.0 %, outside 70 % | "));
    CHECK(has(answer, "\nWARNING: CPU in use 45.0 %, outside 40 %, since "));
    CHECK(has(answer, "\nWARNING: pressure on memory 2.0 %, outside 1 %, since "));
    world.host.per_second.erase(HostMetric::psi_io_some);
    world.write(201);
    CHECK(world.exit_code({"host", "-w", "psi_io=50"}, 201) == 3);
    CHECK(has(world.run({"host", "-w", "psi_io=50"}, 201), "pressure on I/O is not known"));
    CHECK(world.exit_code({"host", "-w", "cpu=50"}, 201) == 0);
}

TEST_CASE("use of CPU is not known without the times that make up most of it") {
    for (const HostMetric gone : {HostMetric::cpu_user, HostMetric::cpu_system, HostMetric::cpu_idle}) {
        World world;
        fill_full(world);
        world.host.per_second.erase(gone);
        world.write(140, 200);
        CHECK(world.exit_code({"host", "-c", "90"}, 200) == 3);
        CHECK(world.exit_code({"host", "-c", "steal=90"}, 200) == 3);
    }
    // A remote libvirt tells these four.
    World remote;
    fill_full(remote);
    for (const HostMetric gone : {HostMetric::cpu_nice, HostMetric::cpu_irq, HostMetric::cpu_steal, HostMetric::cpu_guest})
        remote.host.per_second.erase(gone);
    remote.write(140, 200);
    CHECK(remote.exit_code({"host", "-c", "90"}, 200) == 0);
    CHECK(remote.exit_code({"host", "-c", "steal=90"}, 200) == 3);
}

TEST_CASE("a host without swap has nothing in it") {
    World world;
    fill_full(world);
    world.host.now[HostMetric::swap_total] = 0;
    world.host.now[HostMetric::swap_free] = 0;
    world.write(200);
    CHECK(world.exit_code({"host", "-c", "swap=10"}, 200) == 0);
}

TEST_CASE("sums over guests are of those that are active, and unknown if one of them does not tell") {
    World world;
    fill_full(world);
    world.guests.push_back({.name = "off", .state = GuestState::shut_off, .cpus_used = {}, .vcpus = {}});
    world.write(200);
    CHECK(world.exit_code({"host", "-c", "vcpu_ratio=0.5,memory_committed=25"}, 200) == 0);
    CHECK(world.exit_code({"host", "-c", "vcpu_ratio=0.4"}, 200) == 2);
    world.guests[1].state = GuestState::running;
    world.write(201);
    CHECK(world.exit_code({"host", "-c", "vcpu_ratio=9"}, 201) == 3);
    CHECK(world.exit_code({"host", "-c", "memory_committed=900"}, 201) == 3);
}

TEST_CASE("over a window sums over guests are of the guests that there were") {
    World world;
    fill_full(world);
    world.guests.push_back(full_guest("db02"));
    world.write(140, 180);
    world.guests.pop_back();
    world.write(181, 200);
    const Answer most = world.run({"host", "--stat", "max", "-w", "vcpu_ratio=0.9", "-c", "memory_committed=60"}, 200);
    CHECK(most.status == Status::warning);
    CHECK(has(most, " vcpu_ratio=1;0.9;;0 memory_committed=50%;;60 "));
    CHECK(world.exit_code({"host", "--stat", "min", "-c", "vcpu_ratio=0.4"}, 200) == 2);
    CHECK(has(world.run({"host", "-w", "vcpu_ratio=1:"}, 200), "vCPUs for each CPU 0.5, outside 1:"));
    CHECK_FALSE(has(world.run({"host", "-w", "vcpu_ratio=1:"}, 200), "since"));
}

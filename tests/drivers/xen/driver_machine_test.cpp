// The Xen driver: the machine below Domain-0.
#include <doctest/doctest.h>

#include "xen_host.h"

using namespace virtscope;
using namespace virtscope::test;
namespace fs = std::filesystem;

TEST_CASE("the machine: its CPUs, not those of Domain-0") {
    Host host;
    host.xen.idle = {5'000'000'000, 0, 7'000'000'000};  // the second is offline
    host.store->tell({facts(0, "Domain-0")});
    host.tick();
    REQUIRE(host.frame.roster->cpus.size() == 2);
    CHECK(host.frame.roster->cpus[1].name == "2");
    CHECK(host.frame.get(0, HostMetric::memory_total) == 335'737 * 4096ULL);
    CHECK(host.frame.get(0, HostMetric::memory_free) == 101'882 * 4096ULL);
    CHECK(host.frame.get(0, HostMetric::cpu_frequency) == 2'596'126'000);
    CHECK(host.frame.get(0, HostMetric::cpu_idle) == 12'000'000'000);
    CHECK(host.frame.get(0, HostMetric::cpu_system) == 1'000'000'000);
    CHECK(host.frame.get(1, CpuMetric::idle) == 7'000'000'000);
    host.xen.domains[0].info.cpu_time += 1'000'000;
    // By the time of the readings, not of this thread, which may wait for a CPU between two of them.
    const auto read_at = [&] { return host.frame.table(Scope::Host).row(0).time; };
    const auto before = *host.frame.get(0, HostMetric::cpu_guest);
    const auto began = read_at();
    while (read_at() - began < 10'000'000) host.tick();
    const auto passed = static_cast<std::uint64_t>(read_at() - began);
    const std::uint64_t guests = *host.frame.get(0, HostMetric::cpu_guest) - before;
    CHECK(guests == 2 * passed - 1'000'000);  // both were busy all the time, less what Domain-0 used
}

TEST_CASE("a CPU that comes or goes moves no sum of the machine's") {
    Host host;
    constexpr std::uint64_t days = 86'400'000'000'000 * 20;
    host.xen.idle = {days, 0, days};
    host.store->tell({facts(0, "Domain-0")});
    host.tick();
    const auto idle = [&] { return *host.tick().get(0, HostMetric::cpu_idle); };
    CHECK(idle() == 2 * days);
    const auto busy = *host.frame.get(1, CpuMetric::guest);
    host.xen.idle[1] = days;  // it was online before
    CHECK(idle() == 2 * days);
    REQUIRE(host.frame.roster->cpus.size() == 3);
    CHECK(host.frame.get(1, CpuMetric::idle) == days);
    CHECK(host.frame.get(2, CpuMetric::guest) >= busy);
    const auto guests = *host.frame.get(0, HostMetric::cpu_guest);
    host.xen.idle[1] += 1'000'000;
    CHECK(idle() == 2 * days + 1'000'000);
    host.xen.idle[0] = 0;
    CHECK(idle() == 2 * days + 1'000'000);
    REQUIRE(host.frame.roster->cpus.size() == 2);
    CHECK(host.frame.get(0, HostMetric::cpu_guest) >= guests);
}

TEST_CASE("a machine that is not told of has no CPUs and no memory, not none of them") {
    Host host;
    host.store->tell({facts(0, "Domain-0")});
    host.xen.refuses_cpus = EPERM;
    host.tick();
    CHECK(host.refreshed);
    CHECK_FALSE(host.frame.get(0, HostMetric::cpus));
    CHECK_FALSE(host.frame.get(0, HostMetric::memory_total));
    CHECK_FALSE(host.frame.get(0, HostMetric::cpu_idle));
    host.xen.refuses_cpus = 0;
    CHECK(host.tick().get(0, HostMetric::cpus) == 1);
    host.xen.refuses_cpus = EPERM;
    CHECK_FALSE(host.tick().get(0, HostMetric::memory_free));
}

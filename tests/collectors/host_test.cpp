#include "collectors/host.h"

#include <doctest/doctest.h>
#include <fstream>
#include <string>
#include <sys/sysinfo.h>
#include <unistd.h>

#include "collectors/clocks.h"
#include "tests/collectors/support.h"

using namespace virtscope;
using virtscope::test::Scene;
using virtscope::test::Tree;

TEST_CASE("the captured host") {
    const Tree tree;
    HostCollector host(tree.roots());
    Scene scene({});
    const Frame& frame = scene.first_tick(host);
    const auto get = [&](HostMetric metric) { return frame.get(0, metric).value_or(~std::uint64_t{0}); };
    const std::uint64_t tick = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    CHECK(get(HostMetric::cpus) == 2);
    CHECK(get(HostMetric::cpu_frequency) == 2'596'144'000);
    CHECK(get(HostMetric::cpu_user) == 20927 * tick);  // 20928, one of it a guest's
    CHECK(get(HostMetric::cpu_guest) == 1 * tick);
    CHECK(get(HostMetric::cpu_nice) == 0);
    CHECK(get(HostMetric::cpu_system) == 13502 * tick);
    CHECK(get(HostMetric::cpu_idle) == 484883 * tick);
    CHECK(get(HostMetric::cpu_iowait) == 760 * tick);
    CHECK(get(HostMetric::cpu_irq) == 164 * tick);
    CHECK(get(HostMetric::cpu_steal) == 633 * tick);
    CHECK(get(HostMetric::memory_total) == 24684092ull * 1024);
    CHECK(get(HostMetric::memory_free) == 23872820ull * 1024);
    CHECK(get(HostMetric::memory_available) == 24062012ull * 1024);
    CHECK(get(HostMetric::swap_total) == 0);
    CHECK(get(HostMetric::swap_free) == 0);
    CHECK(get(HostMetric::load1) == 310);
    CHECK(get(HostMetric::load5) == 250);
    CHECK(get(HostMetric::load15) == 180);
    CHECK(get(HostMetric::psi_cpu_some) == 16001281000);
    CHECK(get(HostMetric::psi_cpu_full) == 0);
    CHECK(get(HostMetric::psi_io_some) == 6757885000);
    CHECK(get(HostMetric::psi_io_full) == 6138899000);
    CHECK(get(HostMetric::psi_memory_some) == 0);
}

TEST_CASE("above a hypervisor the kernel's CPUs and memory are not the machine's: left to who knows them") {
    const Tree tree;
    KernelRoots roots = tree.roots();
    roots.whole_machine = false;
    HostCollector host(roots);
    Scene scene({});
    const Frame& frame = scene.first_tick(host);
    for (const auto metric : {HostMetric::cpus, HostMetric::cpu_user, HostMetric::cpu_idle, HostMetric::cpu_frequency,
                              HostMetric::memory_total, HostMetric::memory_free, HostMetric::memory_available}) {
        CHECK_FALSE(frame.get(0, metric));
    }
    CHECK(frame.get(0, HostMetric::load1) == 310);
    CHECK(frame.get(0, HostMetric::swap_total) == 0);
    CHECK(frame.get(0, HostMetric::psi_io_some) == 6757885000);
}

TEST_CASE("what a kernel does not tell is absent, not zero") {
    const Tree tree;
    tree.remove("proc/pressure/cpu");
    tree.write("proc/pressure/io", "some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n");
    tree.write("proc/meminfo", "MemTotal:       24684092 kB\nMemFree:        23872820 kB\n");
    tree.write("proc/stat", "");
    tree.remove("proc/cpuinfo");
    tree.remove("sys/devices/system/cpu/online");
    HostCollector host(tree.roots());
    Scene scene({});
    const Frame& frame = scene.first_tick(host);
    CHECK_FALSE(frame.get(0, HostMetric::psi_cpu_some));
    CHECK(frame.get(0, HostMetric::psi_io_some) == 5000);
    CHECK_FALSE(frame.get(0, HostMetric::psi_io_full));
    CHECK(frame.get(0, HostMetric::memory_total));
    CHECK_FALSE(frame.get(0, HostMetric::memory_available));
    CHECK_FALSE(frame.get(0, HostMetric::swap_total));
    CHECK_FALSE(frame.get(0, HostMetric::cpu_idle));
    CHECK_FALSE(frame.get(0, HostMetric::cpus));
    CHECK_FALSE(frame.get(0, HostMetric::cpu_frequency));
}

TEST_CASE("cpufreq is believed before cpuinfo") {
    const Tree tree;
    std::filesystem::create_directories(tree.roots().sys + "/devices/system/cpu/cpu0/cpufreq");
    tree.write("sys/devices/system/cpu/cpu0/cpufreq/base_frequency", "2100000\n");
    HostCollector host(tree.roots());
    Scene scene({});
    CHECK(scene.first_tick(host).get(0, HostMetric::cpu_frequency) == 2'100'000'000);
    tree.write("sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq", "3400000\n");
    CHECK(scene.first_tick(host).get(0, HostMetric::cpu_frequency) == 3'400'000'000);
}

TEST_CASE("a small step back of the kernel's counters is held, a large one is passed on") {
    const Tree tree;
    HostCollector host(tree.roots());
    Scene scene({});
    const auto idle_at = [&](const char* stat) {
        tree.write("proc/stat", stat);
        return scene.tick(host).get(0, HostMetric::cpu_idle);
    };
    const auto before = idle_at("cpu  1 1 1 5000 1 1 1 1 0 0\n");
    CHECK(idle_at("cpu  1 1 1 4999 1 1 1 1 0 0\n") == before);
    CHECK(idle_at("cpu  1 1 1 5001 1 1 1 1 0 0\n") > before);
    CHECK(idle_at("cpu  1 1 1 10 1 1 1 1 0 0\n") < before);
}

namespace {

// Time in all modes, in ns: the first eight columns; what guests ran is in the first two.
std::uint64_t all_cpu_time() {
    std::ifstream in("/proc/stat");
    std::string name;
    in >> name;
    std::uint64_t sum = 0;
    for (int column = 0; column < 8; ++column) {
        std::uint64_t ticks = 0;
        in >> ticks;
        sum += ticks;
    }
    REQUIRE(in);
    return sum * 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
}

}  // namespace

TEST_CASE("this host: the modes add up to all time, with guests once") {
    HostCollector host({});
    Scene scene({});
    const std::int64_t before = monotonic_ns();
    const std::uint64_t time_before = all_cpu_time();
    const Frame& frame = scene.first_tick(host);
    const std::uint64_t time_after = all_cpu_time();
    CHECK(frame.table(Scope::Host).row(0).time >= before);
    CHECK(frame.table(Scope::Host).row(0).time <= monotonic_ns());
    using enum HostMetric;
    std::uint64_t sum = 0;
    for (const HostMetric metric :
         {cpu_user, cpu_nice, cpu_system, cpu_idle, cpu_iowait, cpu_irq, cpu_steal, cpu_guest}) {
        REQUIRE(frame.get(0, metric));
        sum += *frame.get(0, metric);
    }
    constexpr std::uint64_t jitter = 100'000'000;  // idle time is known to go back a little
    CHECK(sum + jitter >= time_before);
    CHECK(sum <= time_after + jitter);
    REQUIRE(frame.get(0, cpus));
    CHECK(*frame.get(0, cpus) == static_cast<std::uint64_t>(::get_nprocs()));
    struct sysinfo info{};
    REQUIRE(::sysinfo(&info) == 0);
    CHECK(*frame.get(0, memory_total) == std::uint64_t{info.totalram} * info.mem_unit);
}

#include "collectors/process.h"

#include <doctest/doctest.h>
#include <thread>
#include <unistd.h>

#include "collectors/clocks.h"
#include "tests/collectors/child.h"
#include "tests/collectors/support.h"

using namespace virtscope;
using namespace virtscope::test;

namespace {

std::vector<Place> list(Place place) {
    std::vector<Place> places;
    places.push_back(std::move(place));
    return places;
}

Place place_of(pid_t pid) {
    auto process = Process::open("/proc", pid);
    REQUIRE(process.has_value());
    Place place;
    place.process = std::make_shared<Process>(std::move(*process));
    return place;
}

TaskPlace task_of(const Place& place, pid_t tid) {
    auto clock = TaskClock::open(*place.process, tid);
    REQUIRE(clock.has_value());
    return {tid, std::move(*clock)};
}

std::uint64_t ns(const timeval& time) {
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_usec) * 1000;
}

const std::string guest_directory = "proc/" + std::to_string(captured_pid) + "/";

}  // namespace

TEST_CASE("the captured guest") {
    const Tree tree;
    ProcessCollector collector(tree.roots());
    Place place = captured_guest(tree);
    place.memory_max = 16u << 20;
    place.start_realtime = 1'700'000'000'000'000'000;
    Scene scene(list(std::move(place)));
    const Frame& frame = scene.first_tick(collector);
    const auto get = [&](GuestMetric metric) { return frame.get(0, metric).value_or(~std::uint64_t{0}); };
    const std::uint64_t tick = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    CHECK(get(GuestMetric::cpu_user) == 1 * tick);
    CHECK(get(GuestMetric::cpu_system) == 200 * tick);
    CHECK(get(GuestMetric::cpu_time) == 201 * tick);  // no process behind it: its clock cannot be asked
    CHECK(get(GuestMetric::vcpus) == 2);
    CHECK(get(GuestMetric::cpu_wait) == 38123442 + 14234010);
    CHECK(get(GuestMetric::cpu_emulator) == 16490260);
    CHECK(get(GuestMetric::cpu_iothread) == 59620);
    CHECK_FALSE(frame.get(0, GuestMetric::cpu_vhost));
    CHECK(get(GuestMetric::minor_faults) == 3228);
    CHECK(get(GuestMetric::major_faults) == 0);
    CHECK(get(GuestMetric::memory_resident) == 6270u * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
    CHECK(get(GuestMetric::memory_max) == 16u << 20);
    CHECK(get(GuestMetric::start_time) == 1'700'000'000'000'000'000);
    CHECK(frame.get(0, VcpuMetric::time) == 2071231957);
    CHECK(frame.get(0, VcpuMetric::wait) == 38123442);
    CHECK(frame.get(1, VcpuMetric::time) == 11730004);
    CHECK(frame.get(1, VcpuMetric::wait) == 14234010);
}

TEST_CASE("one unknown vCPU makes the guest's wait unknown, not smaller") {
    const Tree tree;
    ProcessCollector collector(tree.roots());
    Scene scene(list(captured_guest(tree)));
    // A kernel without scheduling statistics says this of every thread.
    tree.write(guest_directory + "task/10574/schedstat", "0 0 0\n");
    const Frame& frame = scene.first_tick(collector);
    CHECK(frame.get(0, VcpuMetric::wait) == 38123442);
    CHECK_FALSE(frame.get(1, VcpuMetric::time));
    CHECK_FALSE(frame.get(1, VcpuMetric::wait));
    CHECK_FALSE(frame.get(0, GuestMetric::cpu_wait));
    CHECK(frame.get(0, GuestMetric::vcpus) == 2);
    CHECK(frame.get(0, GuestMetric::cpu_time));
}

TEST_CASE("a vhost thread that is a kernel thread of its own is added to the guest's CPU time") {
    const Tree tree;
    ProcessCollector collector(tree.roots());
    Place place = captured_guest(tree);
    place.vhost.push_back(task_of(place, 10576));
    const std::uint64_t tick = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    Scene inside(list(std::move(place)));
    const Frame& frame = inside.first_tick(collector);
    CHECK(frame.get(0, GuestMetric::cpu_vhost) == 3715);
    CHECK(frame.get(0, GuestMetric::cpu_time) == 201 * tick);
    inside.place(0).vhost[0].tid = 99999;  // no task of the process
    const Frame& apart = inside.first_tick(collector);
    CHECK(apart.get(0, GuestMetric::cpu_vhost) == 3715);
    CHECK(apart.get(0, GuestMetric::cpu_time) == 201 * tick + 3715);
    tree.write(guest_directory + "task/10576/schedstat", "");
    const Frame& unknown = inside.tick(collector);
    CHECK_FALSE(unknown.get(0, GuestMetric::cpu_vhost));
    CHECK_FALSE(unknown.get(0, GuestMetric::cpu_time));
    CHECK(unknown.get(0, GuestMetric::cpu_user));
}

TEST_CASE("huge pages are part of what a guest occupies, and are seen when they come") {
    const Tree tree;
    ProcessCollector collector(tree.roots());
    Scene scene(list(captured_guest(tree)));
    const std::uint64_t small = 6270u * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    CHECK(scene.first_tick(collector).get(0, GuestMetric::memory_resident) == small);
    std::string status = tree.read(guest_directory + "status");
    const std::string none = "HugetlbPages:\t       0 kB";
    REQUIRE(status.find(none) != std::string::npos);
    status.replace(status.find(none), none.size(), "HugetlbPages:\t    4096 kB");
    tree.write(guest_directory + "status", status);
    const auto with_huge = small + (4u << 20);
    int ticks = 1;
    while (ticks < 200 && scene.tick(collector).get(0, GuestMetric::memory_resident) != with_huge) ++ticks;
    CHECK(ticks <= 4);  // at first it is looked at often
    // From then on each tick, and when they are gone.
    tree.write(guest_directory + "status", status.replace(status.find("    4096 kB"), 11, "       0 kB"));
    CHECK(scene.tick(collector).get(0, GuestMetric::memory_resident) == small);
    tree.write(guest_directory + "status", "");
    for (ticks = 0; ticks < 300 && scene.tick(collector).get(0, GuestMetric::memory_resident); ++ticks) {
    }
    CHECK(ticks < 200);  // not known any more: the sum is not known either
}

TEST_CASE("a stat that is cut or a place without a process gives nothing") {
    const Tree tree;
    ProcessCollector collector(tree.roots());
    std::vector<Place> places = list(captured_guest(tree));
    places.emplace_back().memory_max = 5;
    Scene scene(std::move(places));
    tree.write(guest_directory + "stat", tree.read(guest_directory + "stat").substr(0, 80));
    const Frame& frame = scene.first_tick(collector);
    CHECK_FALSE(frame.get(0, GuestMetric::cpu_time));
    CHECK_FALSE(frame.get(0, GuestMetric::memory_resident));
    CHECK_FALSE(frame.get(0, GuestMetric::minor_faults));
    CHECK(frame.get(1, GuestMetric::memory_max) == 5);
    CHECK_FALSE(frame.get(1, GuestMetric::cpu_time));
    CHECK_FALSE(frame.get(1, GuestMetric::start_time));
}

TEST_CASE("a busy process: the kernel's own account of it says the same") {
    Child child([] {
        pid_t tid = 0;
        std::thread vcpu([&tid] {
            tid = ::gettid();
            burn(150);
        });
        burn(50);
        vcpu.join();
        std::thread ended([] { burn(100); });
        ended.join();
        return std::string("burnt");
    });
    ProcessCollector collector({});
    Place place = place_of(child.pid());
    place.vcpus.push_back({0, task_of(place, child.pid())});
    Scene scene(list(std::move(place)));
    const std::int64_t before = monotonic_ns();
    const Frame& frame = scene.first_tick(collector);
    const std::int64_t after = monotonic_ns();
    const std::uint64_t cpu = frame.get(0, GuestMetric::cpu_time).value_or(0);
    const std::uint64_t user = frame.get(0, GuestMetric::cpu_user).value_or(0);
    const std::uint64_t system = frame.get(0, GuestMetric::cpu_system).value_or(0);
    const std::uint64_t main = frame.get(0, GuestMetric::cpu_emulator).value_or(0);
    CHECK(frame.get(0, VcpuMetric::time) == main);
    CHECK(frame.get(0, VcpuMetric::wait));
    for (const Scope scope : {Scope::Guest, Scope::Vcpu}) {
        CHECK(frame.table(scope).row(0).time >= before);
        CHECK(frame.table(scope).row(0).time <= after);
    }
    const rusage used = child.end();
    const std::uint64_t account = ns(used.ru_utime) + ns(used.ru_stime);
    constexpr std::uint64_t ms = 1'000'000;
    CHECK(cpu >= 300 * ms);  // threads that have ended are in it
    CHECK(account >= cpu);   // being killed costs a little
    CHECK(account - cpu < 20 * ms);
    CHECK(main >= 50 * ms);
    CHECK(main < cpu - 240 * ms);
    CHECK(user + system <= cpu);
    CHECK(cpu - user - system < 25 * ms);  // each rounded down to a tick
    CHECK(frame.get(0, GuestMetric::minor_faults).value_or(0) <= static_cast<std::uint64_t>(used.ru_minflt));
    CHECK(frame.get(0, GuestMetric::memory_resident).value_or(0) > 0);
}

TEST_CASE("once the process is gone nothing is told, not even when its number is another's") {
    auto child = std::make_unique<Child>([] { return std::string("up"); });
    const pid_t pid = child->pid();
    ProcessCollector collector({});
    Place place = place_of(pid);
    place.vcpus.push_back({0, task_of(place, pid)});
    Scene scene(list(std::move(place)));
    REQUIRE(scene.first_tick(collector).get(0, GuestMetric::cpu_time));
    child.reset();
    const auto nothing = [](const Frame& frame) {
        CHECK_FALSE(frame.get(0, GuestMetric::cpu_time));
        CHECK_FALSE(frame.get(0, GuestMetric::cpu_user));
        CHECK_FALSE(frame.get(0, GuestMetric::cpu_emulator));
        CHECK_FALSE(frame.get(0, GuestMetric::cpu_wait));
        CHECK_FALSE(frame.get(0, GuestMetric::memory_resident));
        CHECK_FALSE(frame.get(0, VcpuMetric::time));
    };
    nothing(scene.tick(collector));
    const Child other([] { burn(20); return std::string("up"); }, pid);
    if (other.pid() != pid) {
        MESSAGE("SKIPPED: no right to choose a process id, so its reuse cannot be tried");
        return;
    }
    CHECK(process_cpu_time(pid).value_or(0) > 10'000'000);  // the number answers…
    nothing(scene.tick(collector));                         // …for somebody else
    nothing(scene.first_tick(collector));
}

TEST_CASE("guests that come and go keep the others' readers") {
    Child child([] { return std::string("up"); });
    ProcessCollector collector({});
    Place own = place_of(::getpid());
    Place other = place_of(child.pid());
    const auto own_process = own.process;
    const auto other_process = other.process;
    std::vector<Place> places = list(std::move(own));
    places.push_back(std::move(other));
    Scene both(std::move(places));
    CHECK(both.first_tick(collector).get(1, GuestMetric::cpu_time));
    Place again;
    again.process = other_process;
    Scene one(list(std::move(again)));
    const auto left = one.first_tick(collector).get(0, GuestMetric::cpu_time);
    REQUIRE(left);
    CHECK(*left < process_cpu_time(::getpid()).value_or(0) + 1'000'000'000);
    CHECK(left == process_cpu_time(child.pid()));
}

TEST_CASE("whose process ids procfs shows") {
    CHECK(shows_own_process_ids("/proc"));
    const Tree tree;
    CHECK_FALSE(shows_own_process_ids(tree.roots().proc));
    std::filesystem::create_symlink("1", tree.roots().proc + "/self");
    CHECK_FALSE(shows_own_process_ids(tree.roots().proc));
    CHECK_FALSE(process_cpu_time(0x3ffffff));
}

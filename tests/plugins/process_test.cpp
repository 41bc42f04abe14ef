// check_virt as a process: exit codes, the time limit, signals, and how long it takes.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

#include "core/fd.h"
#include "core/freshness.h"
#include "core/ring/writer.h"
#include "drivers/simulated/simulated.h"
#include "plugins/watchdog.h"
#include "world.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

struct Ended {
    int code = -1;  // -1: by a signal
    std::string output;
};

struct Child {
    pid_t pid = -1;
    Fd output;
};

Child start(std::vector<std::string> arguments) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    arguments.insert(arguments.begin(), CHECK_VIRT);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    std::fflush(nullptr);  // what is buffered here must not be written by the child as well
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::execv(CHECK_VIRT, argv.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    return {pid, Fd(ends[0])};
}

Ended finish(const Child& child) {
    Ended ended;
    std::array<char, 4096> chunk{};
    ssize_t got = 0;
    while ((got = ::read(child.output.get(), chunk.data(), chunk.size())) > 0) {
        ended.output.append(chunk.data(), static_cast<std::size_t>(got));
    }
    int status = 0;
    ::waitpid(child.pid, &status, 0);
    if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
    return ended;
}

Ended run(std::vector<std::string> arguments) { return finish(start(std::move(arguments))); }

// A ring with two frames of a simulated host, a second apart, the newer one of now.
void write_simulated(const std::string& ring, std::uint64_t guests) {
    simulated::SimulatedDriver driver({.guests = guests}, simulated::kernel_clocks());
    REQUIRE(driver.refresh(Clock::duration::zero()));
    auto roster = std::make_shared<Roster>();
    roster->host.boot_id = read_now().boot_id;
    std::vector<Slot> slots;
    for (const Place& place : driver.places()) {
        const auto at = static_cast<std::uint32_t>(roster->guests.size());
        slots.push_back({&place, at, roster->vcpus.size(), roster->disks.size(), roster->nics.size()});
        RosterGuest guest;
        guest.uuid = place.uuid;
        guest.generation = place.generation;
        guest.name = place.name;
        guest.first_vcpu = static_cast<std::uint32_t>(roster->vcpus.size());
        guest.vcpus = static_cast<std::uint32_t>(place.vcpus.size());
        guest.first_disk = static_cast<std::uint32_t>(roster->disks.size());
        guest.disks = static_cast<std::uint32_t>(place.disks.size());
        guest.first_nic = static_cast<std::uint32_t>(roster->nics.size());
        guest.nics = static_cast<std::uint32_t>(place.nics.size());
        roster->guests.push_back(guest);
        for (const auto& vcpu : place.vcpus) roster->vcpus.push_back({at, std::to_string(vcpu.index), {}});
        for (const auto& disk : place.disks) roster->disks.push_back({at, disk.name, disk.source});
        for (const auto& nic : place.nics) roster->nics.push_back({at, nic.name, nic.source});
    }
    auto writer = RingWriter::open(ring, default_ring_bytes);
    REQUIRE(writer);
    for (int i = 0; i < 3; ++i) {
        const Now now = read_now();
        Frame frame;
        frame.monotonic = now.monotonic;
        frame.realtime = now.realtime;
        frame.reset(roster);
        frame.set(0, AgentMetric::tick_interval, 3600ULL * second);  // the test may be slow: the ring stays fresh
        driver.ask(slots, frame, Clock::time_point::max());
        REQUIRE(writer->publish(frame));
    }
}

}  // namespace

TEST_CASE("exit codes and where the text goes") {
    World world;
    world.write(100);
    CHECK(run({"--help"}).code == 3);
    CHECK(run({"state", "--help"}).output.find("--expect") != std::string::npos);
    CHECK(run({"-V"}).code == 3);
    CHECK(run({}).code == 3);
    CHECK(run({"state", "--nonsense"}).code == 3);
    const Ended old = run({"state", "--ring", world.ring()});
    CHECK(old.code == 3);
    CHECK(old.output.starts_with("VIRT STATE UNKNOWN: "));
    CHECK(std::ranges::count(run({"cpu", "-w", "x\ny"}).output, '\n') == 1);
}

TEST_CASE("a real ring gives real answers") {
    World world;
    write_simulated(world.ring(), 8);
    CHECK(run({"state", "--ring", world.ring(), "--exclude", "backup08"}).code == 0);
    CHECK(run({"state", "--ring", world.ring()}).code == 1);  // backup08 is paused
    CHECK(run({"state", "--ring", world.ring(), "--guest", "nobody"}).code == 2);
    CHECK(run({"agent", "--ring", world.ring()}).code == 0);
}

TEST_CASE("the watchdog ends a process that hangs, even where its signal was ignored and blocked") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    std::fflush(nullptr);  // what is buffered here must not be written by the child as well
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::signal(SIGALRM, SIG_IGN);
        sigset_t all;
        ::sigfillset(&all);
        ::sigprocmask(SIG_BLOCK, &all, nullptr);
        arm_watchdog(1);
        for (;;) ::pause();
    }
    ::close(ends[1]);
    const Ended ended = finish({pid, Fd(ends[0])});
    CHECK(ended.code == 3);
    CHECK(ended.output == "VIRT UNKNOWN: the ring could not be read within the time limit (-t)\n");
}

TEST_CASE("a signal that kills gives UNKNOWN, not an exit code of its own") {
    for (const int number : {SIGTERM, SIGSEGV, SIGABRT, SIGHUP}) {
        std::array<int, 2> ends{};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        std::fflush(nullptr);
        const pid_t pid = ::fork();
        REQUIRE(pid >= 0);
        if (pid == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::signal(number, SIG_DFL);  // the test framework has handlers of its own
            answer_deadly_signals();
            ::raise(number);
            ::_exit(0);
        }
        ::close(ends[1]);
        const Ended ended = finish({pid, Fd(ends[0])});
        CHECK(ended.code == 3);
        CHECK(ended.output == "VIRT UNKNOWN: check_virt was ended by a signal\n");
    }
}

TEST_CASE("a ring that cannot be read in time ends in UNKNOWN by then") {
    World world;
    REQUIRE(::mkfifo(world.ring().c_str(), 0600) == 0);
    const auto before = std::chrono::steady_clock::now();
    const Ended ended = run({"state", "-t", "1", "--ring", world.ring()});
    const auto took = std::chrono::steady_clock::now() - before;
    CHECK(ended.code == 3);
    CHECK(ended.output.starts_with("VIRT "));
    CHECK(took < std::chrono::milliseconds(1500));
}

TEST_CASE("an answer that nobody could read is not OK") {
    World world;
    write_simulated(world.ring(), 1);
    const std::string command = std::string(CHECK_VIRT) + " state --ring '" + world.ring() + "'";
    for (const char* const output : {">/dev/full", ">&-"}) {
        const int status = std::system((command + output).c_str());
        CHECK(WEXITSTATUS(status) == 3);
    }
    CHECK(WEXITSTATUS(std::system((command + ">/dev/null").c_str())) == 0);
}

TEST_CASE("1,000 guests are checked quickly") {
    World world;
    write_simulated(world.ring(), 1000);
    std::vector<double> took;
    for (int round = 0; round < 100; ++round) {
        const auto before = std::chrono::steady_clock::now();
        const Ended ended = run({round % 2 == 0 ? "cpu" : "state", "--ring", world.ring()});
        took.push_back(std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - before).count());
        CHECK(ended.code >= 0);
        CHECK(ended.code <= 3);
    }
    std::ranges::sort(took);
    std::printf("check_virt on 1,000 guests: median %.1f ms, p99 %.1f ms\n", took[50], took[98]);
    CHECK(took[50] < 200);  // unoptimised, under a sanitizer, on a busy machine
}

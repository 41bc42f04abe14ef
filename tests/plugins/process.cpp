#include "process.h"

#include <array>
#include <cstdio>
#include <fcntl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <doctest/doctest.h>

#include "core/freshness.h"
#include "core/ring/writer.h"
#include "drivers/simulated/simulated.h"
#include "world.h"

namespace virtscope::checks {
namespace {

double monotonic() {
    timespec now{};
    ::clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Child start_body(const std::function<void()>& body) {
    std::array<int, 2> ends{};
    REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
    std::fflush(nullptr);  // what is buffered here must not be written by the child as well
    const double begun = monotonic();
    const pid_t pid = ::fork();
    REQUIRE(pid >= 0);
    if (pid == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        body();
        ::_exit(127);
    }
    ::close(ends[1]);
    return {pid, Fd(ends[0]), begun};
}

}  // namespace

Child start(std::vector<std::string> arguments, const std::function<void()>& prepare, const std::string& program) {
    arguments.insert(arguments.begin(), program.empty() ? CHECK_VIRT : program);
    std::vector<char*> argv;
    for (std::string& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    return start_body([&] {
        prepare();
        ::execv(argv[0], argv.data());
    });
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
    ended.seconds = monotonic() - child.begun;
    if (WIFEXITED(status)) ended.code = WEXITSTATUS(status);
    return ended;
}

Ended run(std::vector<std::string> arguments, const std::function<void()>& prepare, const std::string& program) {
    return finish(start(std::move(arguments), prepare, program));
}

Ended run_body(const std::function<void()>& body) { return finish(start_body(body)); }

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

}  // namespace virtscope::checks

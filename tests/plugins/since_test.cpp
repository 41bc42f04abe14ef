// Since when a value is beyond its range, of series in which that is known.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

// Memory in use, of a thousand, from one second to another.
void write_used(World& world, std::int64_t from, std::int64_t to, std::uint64_t used) {
    auto& now = world.guests[0].cells.now;
    now[GuestMetric::memory_available] = 1000;
    now[GuestMetric::memory_usable] = 1000 - used;
    world.write(from, to);
}

// The date of the only finding, without its time of day: "(50 s)", "at least (50 s)".
std::string since(const Answer& answer) {
    const std::size_t at = answer.text.find(", since ");
    if (at == std::string::npos) return "";
    const std::string line = answer.text.substr(at, answer.text.find('\n', at) - at);
    return (line.find(" at least ") == std::string::npos ? "" : "at least ") + line.substr(line.rfind('('));
}

}  // namespace

TEST_CASE("since the first sample beyond the range") {
    World world;
    fill_full(world);
    write_used(world, 100, 149, 500);
    write_used(world, 150, 200, 950);
    CHECK(since(world.run({"memory", "-w", "90"}, 200)) == "(50 s)");
    CHECK(since(world.run({"memory", "-c", "90"}, 200)) == "(50 s)");
    CHECK(since(world.run({"memory", "-w", "40", "-c", "90"}, 200)) == "(50 s)");
    CHECK(since(world.run({"memory", "-w", "40"}, 200)) == "at least (1 min 40 s)");
    CHECK(since(world.run({"memory", "-w", "96"}, 200)) == "");
}

TEST_CASE("a dip ends it, a gap makes it at least") {
    World world;
    fill_full(world);
    write_used(world, 100, 160, 950);
    write_used(world, 161, 161, 100);
    write_used(world, 162, 200, 950);
    CHECK(since(world.run({"memory", "-w", "90"}, 200)) == "(38 s)");
    world.guests[0].cells.now.erase(GuestMetric::memory_available);
    world.write(201);
    write_used(world, 202, 210, 950);
    CHECK(since(world.run({"memory", "-w", "90"}, 210)) == "at least (8 s)");
    world.guests[0].started = 211;
    write_used(world, 211, 220, 950);
    CHECK(since(world.run({"memory", "-w", "90"}, 220)) == "at least (9 s)");
}

TEST_CASE("of a mean since the windows were beyond the range") {
    World world;
    fill_full(world);
    auto& use = world.guests[0].cells.per_second[GuestMetric::cpu_time];
    use = 0;
    world.write(100, 150);
    use = 2e9;
    world.write(151, 200);
    // Ten seconds' mean is 50 % at 155 and 60 % at 156.
    CHECK(since(world.run({"cpu", "--window", "10s", "-w", "55"}, 200)) == "(44 s)");
    CHECK(since(world.run({"cpu", "--window", "10s", "-w", "55", "--stat", "max"}, 200)) == "(49 s)");
}

TEST_CASE("ten minutes are looked back") {
    World world;
    fill_full(world);
    write_used(world, 100, 120, 500);
    write_used(world, 121, 900, 950);
    const std::string text = since(world.run({"memory", "-w", "90"}, 900));
    CHECK_MESSAGE(text.starts_with("at least (10 min"), text);
    CHECK(since(world.run({"memory", "-w", "90", "--window", "5m"}, 900)) == "(12 min 59 s)");
}

TEST_CASE("of the host, of the agent, and of a state") {
    World world;
    fill_full(world);
    world.write(100, 149);
    world.host.now[HostMetric::memory_available] = 1000;
    world.agent.now[AgentMetric::tick_lateness] = 900'000'000;
    world.guests[0].state = GuestState::paused;
    world.tell(EventKind::guest_state, 0, "running -> paused");
    world.write(150, 200);
    CHECK(since(world.run({"host", "-w", "memory=90"}, 200)) == "(50 s)");
    CHECK(since(world.run({"agent", "-w", "lateness=500ms"}, 200)) == "(50 s)");
    CHECK(since(world.run({"state"}, 200)) == "(50 s)");
}

TEST_CASE("three findings are dated, with --worst the one that is shown") {
    World world;
    fill_full(world);
    world.guests.clear();
    for (int i = 0; i < 5; ++i) {
        world.guests.push_back(full_guest("vm" + std::to_string(i)));
        world.guests.back().cells.now[GuestMetric::memory_usable] = (1ULL << 28) - static_cast<std::uint64_t>(i) * 1000000;
    }
    world.write(100, 200);
    const std::string text = world.run({"memory", "-w", "70"}, 200).text;
    std::size_t dates = 0;
    for (std::size_t at = text.find(", since "); at != std::string::npos; at = text.find(", since ", at + 1)) ++dates;
    CHECK(dates == 3);
    const Answer worst = world.run({"memory", "-w", "70", "--worst"}, 200);
    CHECK(has(worst, "WARNING: vm4 memory in use "));
    CHECK(since(worst) == "at least (1 min 40 s)");
}

// --window and --stat: series that are known, and what each statistic makes of them.
#include <doctest/doctest.h>

#include "full.h"
#include "plugins/terms/stat.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

// From 101 s to 110 s memory in use and use of CPU go 10 %, 20 % … 100 %, under a busy disk before.
void write_stairs(World& world) {
    fill_full(world);
    WorldGuest& guest = world.guests[0];
    guest.cells.now[GuestMetric::memory_available] = 1000;
    guest.cells.now[GuestMetric::memory_usable] = 0;
    guest.cells.per_second[GuestMetric::cpu_time] = 2e9;
    world.write(90, 100);
    for (std::int64_t step = 1; step <= 10; ++step) {
        guest.cells.now[GuestMetric::memory_usable] = static_cast<std::uint64_t>(1000 - step * 100);
        guest.cells.per_second[GuestMetric::cpu_time] = static_cast<double>(step) * 0.2e9;
        world.write(100 + step);
    }
}

std::string value(const World& world, const char* mode, std::vector<std::string> more) {
    more.insert(more.begin(), {mode, "--window", "9s"});
    const std::string text = world.run(more, 110).text;
    const std::size_t at = text.find("| web01=");
    return at == std::string::npos ? text : text.substr(at + 8, text.find_first_of("%;", at) - at - 8);
}

}  // namespace

TEST_CASE("statistics of a level: all samples of the window, none before") {
    World world;
    write_stairs(world);
    CHECK(value(world, "memory", {}) == "100");
    CHECK(value(world, "memory", {"--stat", "last"}) == "100");
    CHECK(value(world, "memory", {"--stat", "avg"}) == "55");
    CHECK(value(world, "memory", {"--stat", "min"}) == "10");
    CHECK(value(world, "memory", {"--stat", "max"}) == "100");
    CHECK(value(world, "memory", {"--stat", "p1"}) == "10");
    CHECK(value(world, "memory", {"--stat", "p10"}) == "10");
    CHECK(value(world, "memory", {"--stat", "p11"}) == "20");
    CHECK(value(world, "memory", {"--stat", "p50"}) == "50");
    CHECK(value(world, "memory", {"--stat", "p95"}) == "100");
    CHECK(value(world, "memory", {"--stat", "p100"}) == "100");
}

TEST_CASE("statistics of a rate: of the rates between samples") {
    World world;
    write_stairs(world);
    CHECK(value(world, "cpu", {}) == "60");  // steps 2 to 10 lie between the window's ends
    CHECK(value(world, "cpu", {"--stat", "avg"}) == "60");
    CHECK(value(world, "cpu", {"--stat", "last"}) == "100");
    CHECK(value(world, "cpu", {"--stat", "min"}) == "10");
    CHECK(value(world, "cpu", {"--stat", "max"}) == "100");
    CHECK(value(world, "cpu", {"--stat", "p90"}) == "90");
    CHECK(value(world, "cpu", {"--stat", "p50"}) == "50");
}

TEST_CASE("what was counted and how is told") {
    World world;
    write_stairs(world);
    const auto why = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"memory", "--window", "9s", "--why"});
        return world.run(more, 110);
    };
    CHECK(has(why({"--stat", "p90"}), "[memory in use 90.0 % (90th percentile of 10 samples in 9 s, -w none, -c none)]"));
    CHECK(has(why({"--stat", "min", "-w", "5"}), "[memory in use 10.0 % (lowest of 10 samples in 9 s, -w 5 %, -c none)]"));
    CHECK(has(why({}), "[memory in use 100.0 % (newest sample, -w none, -c none)]"));
    CHECK(has(world.run({"cpu", "--window", "9s", "--why"}, 110), "(average over 9 s, -w none, -c none)]"));
}

TEST_CASE("many guests are read at once, to the same result") {
    World world;
    write_stairs(world);
    World many;
    fill_full(many);
    many.guests.clear();
    for (int i = 0; i < 8; ++i) many.guests.push_back(full_guest("vm" + std::to_string(i)));
    many.write(90, 100);
    for (std::int64_t step = 1; step <= 10; ++step) {
        for (std::size_t i = 0; i < 8; ++i) {
            auto& cells = many.guests[i].cells;
            cells.now[GuestMetric::memory_available] = 1000;
            cells.now[GuestMetric::memory_usable] = 1000 - static_cast<std::uint64_t>(step) * 10 * (i + 1);
        }
        many.write(100 + step);
    }
    CHECK(has(many.run({"memory", "--window", "9s", "--stat", "p50"}, 110),
              "| vm0=5% vm1=10% vm2=15% vm3=20% vm4=25% vm5=30% vm6=35% vm7=40%\n"));
    CHECK(has(many.run({"memory", "--window", "9s", "--stat", "max", "--guest", "vm[01]"}, 110), "| vm0=10% vm1=20%\n"));
}

TEST_CASE("gaps count for nothing, but the newest sample must be there") {
    World world;
    write_stairs(world);
    WorldGuest& guest = world.guests[0];
    guest.cells.now.erase(GuestMetric::memory_usable);
    world.write(111, 112);
    CHECK(world.exit_code({"memory", "--window", "9s", "--stat", "max"}, 112) == 3);
    guest.cells.now[GuestMetric::memory_usable] = 900;
    world.write(113);
    CHECK(has(world.run({"memory", "--window", "9s", "--stat", "max"}, 113), "web01=100%"));
    CHECK(has(world.run({"memory", "--window", "3s", "--stat", "avg"}, 113), "web01=55%"));  // 100 and 10
}

TEST_CASE("a guest of an earlier run is another") {
    World world;
    write_stairs(world);
    world.guests[0].started = 110;
    world.guests[0].cells.now[GuestMetric::memory_usable] = 800;
    world.write(111, 113);
    CHECK(has(world.run({"memory", "--window", "9s", "--stat", "max"}, 113), "web01=20%"));
}

TEST_CASE("percentiles by nearest rank") {
    std::vector<double> values{3, 1, 2};
    CHECK(parse_stat("p33")->of(values) == 1);
    CHECK(parse_stat("p34")->of(values) == 2);
    CHECK(parse_stat("p66")->of(values) == 2);
    CHECK(parse_stat("p67")->of(values) == 3);
    std::vector<double> one{7};
    for (const char* const text : {"avg", "min", "max", "last", "p1", "p100"}) CHECK(parse_stat(text)->of(one) == 7);
}

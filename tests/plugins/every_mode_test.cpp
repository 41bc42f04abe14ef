// What all modes have in common: their answers to a dead agent, a ring that is none, and guests that are not there.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "full.h"
#include "plugins/command/mode.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

// Three guests of which one is worst and two are bad, for any figure that grows with what a guest does.
void fill_unlike(World& world) {
    fill_full(world);
    world.guests = {full_guest("bad1"), full_guest("worst"), full_guest("bad2")};
    WorldGuest& worst = world.guests[1];
    worst.cells.per_second[GuestMetric::cpu_time] = 1.5e9;
    worst.started = 170;
    using enum GuestMetric;
    worst.cells.now[memory_usable] = 1000;
    worst.cells.now[memory_balloon] = 1000;
    worst.cells.per_second[cpu_wait] = 1e9;
    worst.disks[0].cells.per_second[DiskMetric::write_time] = 0.9e9;
    worst.filesystems[0].cells.now[FilesystemMetric::used_bytes] = 99ULL << 30;
    worst.displays[0].cells.now = {{DisplayMetric::exposed, 1}, {DisplayMetric::tls, 0}, {DisplayMetric::password, 0}};
    worst.nics[0].cells.per_second[NicMetric::rx_bytes] = 5000;
    for (const std::size_t bad : {std::size_t{0}, std::size_t{2}})
        world.guests[bad].displays[0].cells.now = {{DisplayMetric::exposed, 1}, {DisplayMetric::tls, 1}, {DisplayMetric::password, 0}};
    for (WorldGuest& guest : world.guests) {
        guest.cells.now[guest_agent] = 0;
        guest.cells.now[guest_agent_age] = 100'000'000'000;
        guest.stale = 1;
        guest.cells.now[monitor_age] = 10'000'000'000;
    }
    worst.cells.now[guest_agent_age] = 1000'000'000'000;
    worst.cells.now[monitor_age] = 60'000'000'000;
}

struct Mixed {
    std::vector<std::string> arguments;
    bool stale;  // it is about guests that do not answer
};
const std::vector<Mixed> mixed{
    {{"cpu", "-w", "20", "-c", "50"}, false},          {{"steal", "-w", "5", "-c", "20"}, false},
    {{"memory", "-w", "70", "-c", "90"}, false},       {{"balloon", "-w", "60:", "-c", "40:"}, false},
    {{"block", "-w", "1ms", "-c", "20ms"}, false},     {{"net", "-w", "500", "-c", "3KB"}, false},
    {{"fs", "-w", "30", "-c", "90"}, false},           {{"guest-agent", "-w", "60", "-c", "10min"}, false},
    {{"console"}, false},
    {{"responsive", "-w", "5", "-c", "30"}, true},     {{"uptime", "-w", "2d:", "-c", "1min:"}, false},
};

}  // namespace

TEST_CASE("no mode is OK without an agent that lives, a ring or a frame") {
    World world;
    fill_full(world);
    world.write(100, 200);
    World none;
    World blank;
    { std::ofstream(blank.ring()); }
    World folder;
    std::filesystem::create_directory(folder.ring());
    for (const Mode& mode : all_modes()) {
        const std::string name(mode.name);
        CAPTURE(name);
        CHECK(world.exit_code({name}, 203) == 0);
        CHECK(world.exit_code({name}, 203.01) == 3);
        CHECK(world.exit_code({name}, 1e6) == 3);
        CHECK(world.exit_code({name}, 190) == 3);
        CHECK(has(world.run({name}, 212), "the newest data is 12 s old, with a sample each 1 s: is virtscoped running?"));
        for (const World* const dead : {&none, &blank, &folder}) {
            const Answer answer = dead->run({name}, 200);
            CHECK(answer.status == Status::unknown);
            CHECK(has(answer, "VIRT " + std::string(mode.service) + " UNKNOWN: "));
        }
    }
}

TEST_CASE("a guest that is not there is never OK, under a name, a UUID, a glob or an expression") {
    World world;
    fill_full(world);
    world.write(140, 200);
    for (const Mode& mode : all_modes()) {
        if (mode.about == About::host) continue;
        const std::string name(mode.name);
        CAPTURE(name);
        const int named = name == "state" ? 2 : 3;  // that is what the mode is about
        CHECK(world.exit_code({name, "--guest", "db02"}, 200) == named);
        CHECK(world.exit_code({name, "--guest", world_uuid(7).text()}, 200) == named);
        CHECK(world.exit_code({name, "--guest", "web01", "--guest", "db02"}, 200) == named);
        CHECK(has(world.run({name, "--guest", "db02"}, 200), "db02 is not on this host"));
        CHECK(world.exit_code({name, "--guest", "db*"}, 200) == 3);
        CHECK(has(world.run({name, "--guest", "db*"}, 200), "no guest matches 'db*'"));
        CHECK(world.exit_code({name, "--guest", "/^db/"}, 200) == 3);
        CHECK(world.exit_code({name, "--guest", "web01"}, 200) == 0);
        CHECK(world.exit_code({name, "--guest", "w*"}, 200) == 0);
        CHECK(world.exit_code({name, "--guest", "/b0[1]$/"}, 200) == 0);
        CHECK(world.exit_code({name, "--guest", world_uuid(0).text()}, 200) == 0);
    }
}

TEST_CASE("nobody to check is UNKNOWN, but for what happens to the host") {
    World world;
    world.write(199);
    world.guests.clear();
    world.write(200);
    for (const Mode& mode : all_modes()) {
        if (mode.about == About::host || mode.name == "events") continue;
        CAPTURE(mode.name);
        CHECK(world.exit_code({std::string(mode.name)}, 200) == 3);
    }
    CHECK(world.exit_code({"events"}, 200) == 0);
}

TEST_CASE("one CRITICAL among WARNINGs is CRITICAL, named first, and the WARNINGs are told as well") {
    for (const Mixed& each : mixed) {
        World world;
        fill_unlike(world);
        if (!each.stale) {
            for (WorldGuest& guest : world.guests) guest.stale = 0;
        }
        world.write(140, 220);
        auto words = each.arguments;
        if (words[0] != "console") words.insert(words.end(), {"--window", "30s"});
        const Answer answer = world.run(words, 220);
        CAPTURE(answer.text);
        CHECK(answer.status == Status::critical);
        const std::string first = answer.text.substr(0, answer.text.find(" | "));
        CHECK(first.find(" CRITICAL: ") != std::string::npos);
        CHECK(first.find(": worst ") != std::string::npos);
        CHECK(first.find(": bad") == std::string::npos);
        CHECK(has(answer, "\nWARNING: bad1 "));
        CHECK(has(answer, "\nWARNING: bad2 "));
        CHECK(has(answer, "\nCRITICAL: worst "));
    }
}

TEST_CASE("a guest that does not answer is not OK in any mode") {
    World world;
    fill_full(world);
    world.guests[0].stale = 1;
    world.guests[0].cells.now[GuestMetric::monitor_age] = 10'000'000'000;
    world.write(140, 200);
    for (const Mode& mode : all_modes()) {
        if (mode.about == About::host || mode.name == "events") continue;
        CAPTURE(mode.name);
        const Answer answer = world.run({std::string(mode.name)}, 200);
        CHECK(answer.status == (mode.name == "responsive" ? Status::warning : Status::unknown));
    }
}

TEST_CASE("what is off has no figures: passed over among others, UNKNOWN when it is named") {
    World world;
    fill_full(world);
    world.guests.push_back({.name = "archive", .state = GuestState::shut_off});
    world.write(140, 200);
    for (const char* const mode : {"cpu", "steal", "memory", "balloon", "block", "net", "responsive", "uptime", "console", "fs", "guest-agent"}) {
        CAPTURE(mode);
        const Answer all = world.run({mode}, 200);
        CHECK_MESSAGE(all.status == Status::ok, all.text);
        CHECK(has(all, ", 1 off"));
        const Answer named = world.run({mode, "--guest", "archive"}, 200);
        CHECK(named.status == Status::unknown);
        CHECK(has(named, "archive is off"));
        CHECK(world.exit_code({mode, "--guest", "web01", "--guest", "archive"}, 200) == 3);
        CHECK(world.exit_code({mode, "--guest", "arch*"}, 200) == 3);
    }
}

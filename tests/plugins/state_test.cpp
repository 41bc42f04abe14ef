// The mode `state`, for every state a guest can be in and every way of not being there.
#include <doctest/doctest.h>

#include "world.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

struct Expected {
    GuestState state;
    int when_running_expected;
    int when_off_expected;
};
constexpr Expected table[] = {
    {GuestState::unknown, 3, 3},   {GuestState::running, 0, 2},       {GuestState::blocked, 0, 2},
    {GuestState::paused, 1, 2},    {GuestState::paused_io, 2, 2},     {GuestState::suspended, 1, 2},
    {GuestState::crashed, 2, 2},   {GuestState::shutting_down, 1, 2}, {GuestState::shut_off, 2, 0},
    {GuestState::migrating, 1, 2},
};

}  // namespace

TEST_CASE("every state, expected running and expected off") {
    static_assert(std::size(table) == guest_state_count);
    for (const Expected& row : table) {
        World world;
        world.guests[0].state = row.state;
        world.write(100);
        CAPTURE(state_name(row.state));
        CHECK(world.exit_code({"state"}, 100.5) == row.when_running_expected);
        CHECK(world.exit_code({"state", "--expect", "off"}, 100.5) == row.when_off_expected);
    }
}

TEST_CASE("a pause by a person and one by an I/O error are told apart") {
    World world;
    world.guests = {{.name = "a", .state = GuestState::paused, .note = {}, .cpu_time_cell = {}},
                    {.name = "b", .state = GuestState::paused_io, .note = {}, .cpu_time_cell = {}}};
    world.write(100);
    const Answer answer = world.run({"state"}, 100);
    CHECK(answer.status == Status::critical);
    CHECK(has(answer, "VIRT STATE CRITICAL: 0 of 2 guests running: b is paused by an I/O error |"));
    CHECK(has(answer, "WARNING: a is paused by an administrator or a tool"));
    CHECK(has(answer, "| running=0;;;0 paused=1;;;0 off=0;;;0 failed=1;;;0 unknown=0;;;0\n"));
}

TEST_CASE("all running is OK and says how many") {
    World world;
    world.guests.resize(3);
    world.guests[1].name = "db02";
    world.guests[2].name = "mail03";
    world.write(100);
    const Answer answer = world.run({"state"}, 101);
    CHECK(answer.status == Status::ok);
    CHECK(answer.text == "VIRT STATE OK: 3 of 3 guests running | running=3;;;0 paused=0;;;0 off=0;;;0 failed=0;;;0 "
                         "unknown=0;;;0\n");
}

TEST_CASE("a guest that does not answer is UNKNOWN, and never off") {
    World world;
    world.guests[0].stale = 1;
    world.write(100);
    CHECK(world.exit_code({"state"}, 100) == 3);
    CHECK(has(world.run({"state"}, 100), "web01 does not answer"));
    CHECK(world.exit_code({"state", "--expect", "off"}, 100) == 2);
    world.guests[0].stale = 0;
    world.guests[0].quality = Quality::stale;
    world.write(101);
    CHECK(world.exit_code({"state"}, 101) == 3);
    world.guests[0].state = GuestState::shut_off;
    world.write(102);
    CHECK(world.exit_code({"state", "--expect", "off"}, 102) == 3);
    world.guests[0].state = std::nullopt;
    world.write(103);
    CHECK(world.exit_code({"state"}, 103) == 3);
    CHECK(world.exit_code({"state", "--expect", "off"}, 103) == 3);
}

TEST_CASE("guests are chosen by name, glob and UUID") {
    World world;
    world.guests = {{.name = "web01", .note = {}, .cpu_time_cell = {}},
                    {.name = "web02", .state = GuestState::crashed, .note = {}, .cpu_time_cell = {}},
                    {.name = "we[b]", .note = {}, .cpu_time_cell = {}}};
    world.write(100);
    CHECK(world.exit_code({"state"}, 100) == 2);
    CHECK(world.exit_code({"state", "--guest", "web01"}, 100) == 0);
    CHECK(world.exit_code({"state", "--guest", "web0?"}, 100) == 2);
    CHECK(world.exit_code({"state", "--guest", "web*", "--exclude", "*2"}, 100) == 0);
    CHECK(world.exit_code({"state", "--guest", "we[b]"}, 100) == 0);
    CHECK(world.exit_code({"state", "--guest", world_uuid(1).text()}, 100) == 2);
    CHECK(world.exit_code({"state", "--exclude", world_uuid(1).text()}, 100) == 0);
    CHECK(world.exit_code({"state", "--guest", "WEB01"}, 100) == 2);
}

TEST_CASE("a guest that is missing") {
    World world;
    world.write(100);
    const Answer missing = world.run({"state", "--guest", "db02"}, 100);
    CHECK(missing.status == Status::critical);
    CHECK(has(missing, "db02 is not on this host"));
    CHECK(world.exit_code({"state", "--guest", "web01", "--guest", "db02"}, 100) == 2);
    CHECK(world.exit_code({"state", "--guest", world_uuid(7).text()}, 100) == 2);
    CHECK(world.exit_code({"state", "--guest", "db*"}, 100) == 3);
    CHECK(has(world.run({"state", "--guest", "db*"}, 100), "no guest matches 'db*'"));
    CHECK(world.exit_code({"state", "--guest", "db02", "--expect", "off"}, 100) == 0);
    CHECK(world.exit_code({"state", "--guest", "db*", "--expect", "off"}, 100) == 3);
    CHECK(world.exit_code({"state", "--exclude", "*"}, 100) == 3);
}

TEST_CASE("a host without guests is UNKNOWN, or as the thresholds say") {
    World world;
    world.guests.clear();
    world.write(100);
    CHECK(world.exit_code({"state"}, 100) == 3);
    CHECK(world.exit_code({"state", "-c", "1:"}, 100) == 2);
    CHECK(world.exit_code({"state", "-w", "0"}, 100) == 3);
}

TEST_CASE("thresholds are on the number of guests that run") {
    World world;
    world.guests.resize(3);
    world.write(100);
    CHECK(world.exit_code({"state", "-w", "3:", "-c", "2:"}, 100) == 0);
    CHECK(world.exit_code({"state", "-w", "4:", "-c", "2:"}, 100) == 1);
    CHECK(world.exit_code({"state", "-c", "@3"}, 100) == 2);
    CHECK(has(world.run({"state", "-w", "4:"}, 100), "running=3;4:;;0"));
}

TEST_CASE("the reason a driver gives is passed on") {
    World world;
    world.guests[0].state = std::nullopt;
    world.guests[0].note = "monitor: in use by libvirt";
    world.write(100);
    CHECK(has(world.run({"state"}, 100), "monitor: in use by libvirt"));
}

TEST_CASE("--expect takes two words or a path") {
    World world;
    world.write(100);
    const Answer answer = world.run({"state", "--expect", "on"}, 100);
    CHECK(answer.status == Status::unknown);
    CHECK(has(answer, "--expect on: want running, off or the path of a file"));
}

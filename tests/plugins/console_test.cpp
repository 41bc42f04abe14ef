// The modes `console`, `fs` and `guest-agent`: what is open, what is full, who inside is silent.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

using Flags = std::map<DisplayMetric, std::uint64_t>;

int code_of_display(const Flags& flags) {
    World world;
    fill_full(world);
    world.guests[0].displays[0].cells.now = flags;
    world.write(200);
    return world.exit_code({"console"}, 200);
}

}  // namespace

TEST_CASE("console: of four states each is reached") {
    using enum DisplayMetric;
    CHECK(code_of_display({{exposed, 0}, {tls, 0}, {password, 0}}) == 0);
    CHECK(code_of_display({{exposed, 0}}) == 0);
    CHECK(code_of_display({{exposed, 1}, {tls, 1}, {password, 1}}) == 0);
    CHECK(code_of_display({{exposed, 1}, {tls, 1}, {password, 0}}) == 1);
    CHECK(code_of_display({{exposed, 1}, {tls, 0}, {password, 1}}) == 1);
    CHECK(code_of_display({{exposed, 1}, {tls, 0}, {password, 0}}) == 2);
    CHECK(code_of_display({{exposed, 1}, {tls, 1}}) == 3);
    CHECK(code_of_display({{exposed, 1}, {password, 1}}) == 3);
    CHECK(code_of_display({{tls, 0}, {password, 0}}) == 3);
    CHECK(code_of_display({}) == 3);
}

TEST_CASE("a guest without displays is in order, and the open one is named") {
    World world;
    fill_full(world);
    world.guests[0].displays.clear();
    world.guests.push_back(full_guest("db02"));
    world.write(200);
    CHECK(has(world.run({"console"}, 200), "VIRT CONSOLE OK: 2 guests, no display is open to the network | "));
    using enum DisplayMetric;
    world.guests[1].displays.push_back({.name = "spice", .cells = {.now = {{exposed, 1}, {tls, 0}, {password, 0}, {port, 5901}}, .per_second = {}}});
    world.write(201);
    const Answer answer = world.run({"console"}, 201);
    CHECK(answer.status == Status::critical);
    CHECK(has(answer, "CRITICAL: db02 spice at "));
    CHECK(has(answer, "listens on the network without password and TLS"));
    CHECK(world.exit_code({"console", "--device", "vnc", "--guest", "db02"}, 201) == 0);
    CHECK(world.exit_code({"console", "-c", "port=5900:5910"}, 201) == 2);  // the preset on open stays
    CHECK(world.exit_code({"console", "-c", "open=2"}, 201) == 0);
    CHECK(world.exit_code({"console", "-c", "open=2,port=5900"}, 201) == 2);
}

TEST_CASE("fs: of four states each is reached, by presets and by free space") {
    World world;
    fill_full(world);
    auto& now = world.guests[0].filesystems[0].cells.now;
    const auto used = [&](std::uint64_t gib) {
        now[FilesystemMetric::used_bytes] = gib << 30;
        world.write(200);
    };
    used(80);
    CHECK(world.exit_code({"fs"}, 200) == 0);
    used(81);
    CHECK(world.exit_code({"fs"}, 200) == 1);
    CHECK(world.exit_code({"fs", "-w", "85", "-c", "free=19GiB:"}, 200) == 0);
    CHECK(world.exit_code({"fs", "-w", "85", "-c", "free=20GiB:"}, 200) == 2);
    used(91);
    CHECK(world.exit_code({"fs"}, 200) == 2);
    CHECK(has(world.run({"fs"}, 200), "web01 / in use 91.0 %, outside 90 %"));
    used(101);
    CHECK(world.exit_code({"fs"}, 200) == 3);
    world.guests[0].filesystems.clear();
    world.write(201);
    CHECK(world.exit_code({"fs"}, 201) == 3);
    CHECK(has(world.run({"fs"}, 201), "its guest agent tells of none"));
    world.guests[0].cells.now[GuestMetric::guest_agent] = 0;
    world.write(202);
    CHECK(has(world.run({"fs"}, 202), "its guest agent is silent"));
    world.guests[0].cells.now.erase(GuestMetric::guest_agent);
    world.write(203);
    CHECK(has(world.run({"fs"}, 203), "its guest agent is not asked"));
    CHECK(world.exit_code({"fs"}, 203) == 3);
}

TEST_CASE("guest-agent: of four states each is reached") {
    World world;
    fill_full(world);
    auto& now = world.guests[0].cells.now;
    now[GuestMetric::guest_agent] = 0;
    now[GuestMetric::guest_agent_age] = 60 * second;
    world.write(200);
    CHECK(world.exit_code({"guest-agent"}, 200) == 0);
    now[GuestMetric::guest_agent_age] = 61 * second;
    world.write(201);
    CHECK(world.exit_code({"guest-agent"}, 201) == 1);
    CHECK(world.exit_code({"guest-agent", "-c", "1min"}, 201) == 2);
    now.erase(GuestMetric::guest_agent_age);
    world.write(202);
    CHECK(world.exit_code({"guest-agent"}, 202) == 3);
    CHECK(has(world.run({"guest-agent"}, 202), "it has never answered"));
    now.erase(GuestMetric::guest_agent);
    world.write(203);
    CHECK(world.exit_code({"guest-agent"}, 203) == 3);
    CHECK(has(world.run({"guest-agent"}, 203), "it is not asked"));
}

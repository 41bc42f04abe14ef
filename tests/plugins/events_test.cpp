// The mode `events`: which events count, whose, and how far back.
#include <doctest/doctest.h>

#include "full.h"

using namespace virtscope;
using namespace virtscope::checks;

namespace {

void fill_events(World& world) {
    fill_full(world);
    world.guests.push_back(full_guest("db02"));
    world.write(100, 149);
    world.tell(EventKind::monitor_lost, 0, "no answer to query-status");
    world.write(150);
    world.tell(EventKind::guest_renamed, 1, "was db01");
    world.write(160);
    world.tell(EventKind::guest_state, 1, "running -> paused (I/O error)");
    world.write(170);
    world.tell(EventKind::ticks_skipped, std::nullopt, "3 ticks");
    world.write(180, 200);
}

}  // namespace

TEST_CASE("trouble counts, the newest is told") {
    World world;
    fill_events(world);
    const Answer answer = world.run({"events", "--window", "60s"}, 200);
    CHECK(answer.status == Status::warning);
    CHECK(has(answer, "VIRT EVENTS WARNING: 3 events in 1 min: last: "));
    CHECK(has(answer, "| events=3;0;;0\n"));
    CHECK(has(answer, "3 ticks"));
    CHECK(has(answer, "db02: running -"));
    CHECK_FALSE(has(answer, "was db01"));
}

TEST_CASE("one event is one") {
    World world;
    fill_events(world);
    const Answer answer = world.run({"events", "--window", "60s", "--guest", "db02", "--why"}, 200);
    CHECK(has(answer, ": 1 event in 1 min"));
    CHECK(has(answer, "[1 event of that kind, "));
}

TEST_CASE("events: of four states each is reached") {
    World world;
    fill_events(world);
    CHECK(world.exit_code({"events", "--window", "10s"}, 200) == 0);
    CHECK(world.exit_code({"events", "--window", "60s", "-w", "3"}, 200) == 0);
    CHECK(world.exit_code({"events", "--window", "60s", "-w", "2"}, 200) == 1);
    CHECK(world.exit_code({"events", "--window", "60s", "-c", "2"}, 200) == 2);
    CHECK(world.exit_code({"events", "--window", "60s", "--guest", "nobody"}, 200) == 3);
    CHECK(has(world.run({"events", "--window", "10s"}, 200), "VIRT EVENTS OK: 0 events in 10 s | events=0;0;;0\n"));
}

TEST_CASE("kinds by name") {
    World world;
    fill_events(world);
    const auto count = [&](const char* kind) {
        const Answer answer = world.run({"events", "--window", "60s", "--kind", kind}, 200);
        const std::size_t at = answer.text.find("| events=");
        return at == std::string::npos ? answer.text : answer.text.substr(at + 9, 1);
    };
    CHECK(count("all") == "4");
    CHECK(count("trouble") == "3");
    CHECK(count(std::string(event_name(EventKind::guest_renamed)).c_str()) == "1");
    CHECK(count((std::string(event_name(EventKind::guest_renamed)) + "," + std::string(event_name(EventKind::ticks_skipped))).c_str()) == "2");
    CHECK(count(("trouble," + std::string(event_name(EventKind::guest_renamed))).c_str()) == "4");
    for (const char* const wrong : {"", "noise", "all,", "trouble,,all"}) {
        CHECK(count(wrong).find(std::string("--kind") + (*wrong == 'n' ? " noise" : "")) != std::string::npos);
        CHECK(world.exit_code({"events", "--kind", wrong}, 200) == 3);
    }
}

TEST_CASE("events of a guest; the host's are nobody's") {
    World world;
    fill_events(world);
    const auto text = [&](std::vector<std::string> more) {
        more.insert(more.begin(), {"events", "--window", "60s"});
        return world.run(more, 200);
    };
    CHECK(has(text({"--guest", "web01"}), "| events=1"));
    CHECK(has(text({"--guest", "db*"}), "| events=1"));
    CHECK(has(text({"--exclude", "db*"}), "| events=2"));
    CHECK(has(text({"--guest", "web01", "--guest", "db02"}), "| events=2"));
}

TEST_CASE("who is gone by now had events, and is UNKNOWN when they are over") {
    World world;
    fill_events(world);
    world.guests.pop_back();
    world.write(201, 240);
    CHECK(world.exit_code({"events", "--window", "90s", "--guest", "db02"}, 240) == 1);
    CHECK(world.exit_code({"events", "--window", "10s", "--guest", "db02"}, 240) == 3);
}

TEST_CASE("a ring that is shorter than the window is told with the answer") {
    World world;
    fill_full(world);
    world.write(100, 200);
    const Answer answer = world.run({"events", "--window", "15m"}, 200);
    CHECK(answer.status == Status::ok);
    CHECK(has(answer, "\nthe ring does not reach back that far: earlier events are not known\n"));
    CHECK_FALSE(has(world.run({"events", "--window", "60s"}, 200), "does not reach back"));
}

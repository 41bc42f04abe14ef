// Who was there and what happened, over a range.
#include "core/history/presence.h"

#include <doctest/doctest.h>

#include "core/history/events.h"
#include "tests/core/tape.h"

using namespace virtscope;
using sample::at;
using sample::changed;
using sample::Tape;

namespace {

RosterPtr named(const RosterPtr& who, std::size_t guest, const char* name) {
    return changed(who, [&](Roster& r) { r.guests[guest].name = name; });
}

}  // namespace

TEST_CASE("presence: a guest that is gone is found by its name, from when to when") {
    Tape tape;
    const auto two = sample::roster(2);
    const auto one = sample::roster(1);
    tape.add(0, one);
    tape.add(1, two);
    tape.add(2, two);
    tape.add(3, one);
    auto reader = tape.reader();
    const auto found = find_guest_in(reader, {}, "guest-0-1");
    REQUIRE(found.has_value());
    CHECK(found->uuid == two->guests[1].uuid);
    CHECK(found->from == at(1));
    CHECK(found->to == at(2));
    CHECK(find_guest_in(reader, {}, two->guests[1].uuid.text())->name == "guest-0-1");
    CHECK(find_guest_in(reader, {.from = at(3)}, "guest-0-1").error().kind == ErrorKind::absent);
    CHECK(find_guest_in(reader, {}, "guest-0-").error().kind == ErrorKind::absent);
    CHECK(guests_in(reader, {})->size() == 2);
}

TEST_CASE("presence: a renamed guest has both names; a name two guests had is refused with their UUIDs") {
    Tape tape;
    const auto who = sample::roster(2);
    tape.add(0, named(who, 0, "old"));
    tape.add(1, named(who, 0, "new"));
    tape.add(2, named(named(who, 0, "new"), 1, "old"));
    auto reader = tape.reader();
    CHECK(find_guest_in(reader, {}, "new")->uuid == who->guests[0].uuid);
    CHECK(find_guest_in(reader, {.from = at(0), .to = at(1)}, "old")->name == "new");
    const auto both = find_guest_in(reader, {}, "old");
    REQUIRE(!both.has_value());
    CHECK(both.error().kind == ErrorKind::busy);
    CHECK(both.error().message.find(who->guests[0].uuid.text()) != std::string::npos);
    CHECK(both.error().message.find(who->guests[1].uuid.text()) != std::string::npos);
}

TEST_CASE("events: of a range and of a guest, also when it is no longer there") {
    Tape tape;
    const auto two = sample::roster(2);
    const Uuid gone = two->guests[1].uuid;
    tape.add(0, two, [](Frame& f) { f.events.push_back({EventKind::agent_started, Uuid{}, "", "tick 1 s"}); });
    tape.add(1, two, [&](Frame& f) { f.events.push_back({EventKind::guest_started, gone, "b", ""}); });
    tape.add(2, sample::roster(1), [&](Frame& f) {
        f.events.push_back({EventKind::guest_stopped, gone, "b", ""});
        f.events.push_back({EventKind::guest_state, two->guests[0].uuid, "a", "running to paused"});
    });
    auto reader = tape.reader();
    const auto count = [&](TimeRange range, std::optional<Uuid> guest) {
        std::vector<EventAt> found;
        REQUIRE(
            read_events(reader, range, guest, [&](const EventAt& e) { return found.push_back(e), true; }).has_value());
        return found;
    };
    CHECK(count({}, std::nullopt).size() == 4);
    const auto of_guest = count({}, gone);
    REQUIRE(of_guest.size() == 2);
    CHECK(of_guest[1].realtime == at(2));
    CHECK(of_guest[1].event.kind == EventKind::guest_stopped);
    CHECK(count({.from = at(1), .to = at(1)}, std::nullopt).size() == 1);
    std::size_t seen = 0;
    CHECK(read_events(reader, {}, std::nullopt, [&](const EventAt&) { return ++seen < 2; }).has_value());
    CHECK(seen == 2);
}

#include <doctest/doctest.h>

#include "agent/ctl/guest_lookup.h"

using namespace virtscope;

namespace {

Roster roster_of(std::initializer_list<const char*> names) {
    Roster roster;
    std::uint64_t start = 0;
    for (const char* name : names) {
        roster.guests.push_back({.uuid = Uuid::derived("test", name, ++start), .name = name});
    }
    return roster;
}

}  // namespace

TEST_CASE("a guest is found by its name, exactly") {
    const Roster roster = roster_of({"vm1", "vm10", "vm"});
    CHECK(find_guest(roster, "vm1").value() == 0);
    CHECK(find_guest(roster, "vm").value() == 2);
    CHECK_FALSE(find_guest(roster, "vm100").has_value());
    CHECK(find_guest(roster, "vm2").error().kind == ErrorKind::absent);
}

TEST_CASE("a guest is found by its UUID in either case") {
    const Roster roster = roster_of({"a", "b"});
    std::string uuid = roster.guests[1].uuid.text();
    CHECK(find_guest(roster, uuid).value() == 1);
    for (char& c : uuid) c = static_cast<char>(std::toupper(c));
    CHECK(find_guest(roster, uuid).value() == 1);
}

TEST_CASE("a name that two guests share is refused, with the UUIDs to choose from") {
    const Roster roster = roster_of({"twin", "twin"});
    const auto found = find_guest(roster, "twin");
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().message.find(roster.guests[0].uuid.text()) != std::string::npos);
    CHECK(found.error().message.find(roster.guests[1].uuid.text()) != std::string::npos);
}

TEST_CASE("a name with terminal escapes comes back harmless in the message") {
    const auto found = find_guest(roster_of({}), "x\x1b[31m\n");
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().message.find('\x1b') == std::string::npos);
    CHECK(found.error().message.find('\n') == std::string::npos);
}

#include <doctest/doctest.h>

#include "sampler/roster_events.h"

using namespace virtscope;

namespace {

// Adds a guest with the named disks and one NIC "net0".
void add(Roster& roster, const char* uuid_of, const char* name, std::uint64_t generation,
         std::initializer_list<const char*> disks) {
    const auto index = static_cast<std::uint32_t>(roster.guests.size());
    RosterGuest guest{.uuid = Uuid::derived("test", uuid_of, 1), .generation = generation, .name = name};
    guest.first_disk = static_cast<std::uint32_t>(roster.disks.size());
    guest.first_nic = static_cast<std::uint32_t>(roster.nics.size());
    for (const char* disk : disks) roster.disks.push_back({index, disk, {}});
    roster.nics.push_back({index, "net0", {}});
    guest.disks = static_cast<std::uint32_t>(disks.size());
    guest.nics = 1;
    roster.guests.push_back(guest);
}

std::vector<std::string> told(const Roster& before, const Roster& now) {
    std::vector<std::string> out;
    for (const Event& event : roster_events(before, now)) {
        out.push_back(std::string(event_name(event.kind)) + " " + event.name + (event.text.empty() ? "" : ": ") + event.text);
    }
    return out;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("nothing happened, nothing is told, also when the order changed") {
    Roster before;
    add(before, "a", "a", 1, {"vda"});
    add(before, "b", "b", 1, {});
    Roster now;
    add(now, "b", "b", 1, {});
    add(now, "a", "a", 1, {"vda"});
    CHECK(told(before, now).empty());
}

TEST_CASE("guests that come, go, and restart") {
    Roster before;
    add(before, "goes", "goes", 1, {});
    add(before, "restarts", "restarts", 1, {});
    Roster now;
    add(now, "restarts", "restarts", 2, {});
    add(now, "comes", "comes", 1, {});
    CHECK(told(before, now) == Lines{"guest-started restarts", "guest-started comes", "guest-stopped goes",
                                     "guest-stopped restarts"});
}

TEST_CASE("a new guest under an old name is a new guest; a renamed one is the same") {
    Roster before;
    add(before, "a", "web", 1, {});
    Roster renamed;
    add(renamed, "a", "web-old", 1, {});
    CHECK(told(before, renamed) == Lines{"guest-renamed web-old: was web"});
    Roster other;
    add(other, "b", "web", 1, {});
    CHECK(told(before, other) == Lines{"guest-started web", "guest-stopped web"});
}

TEST_CASE("devices that are plugged and unplugged") {
    Roster before;
    add(before, "first", "first", 1, {"vda", "vdb"});
    add(before, "a", "a", 1, {"vda", "vdb"});
    Roster now;
    add(now, "a", "a", 1, {"vda", "vdc"});
    add(now, "first", "first", 1, {"vda", "vdb"});
    CHECK(told(before, now) == Lines{"device-added a: disk vdc", "device-removed a: disk vdb"});
}

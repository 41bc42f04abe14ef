// The drivers' places made into one roster.
#include "sampler/displays.h"
#include "sampler/enlistment.h"

#include <doctest/doctest.h>
#include <unistd.h>

namespace virtscope {
namespace {

constexpr std::int64_t now = 1'700'000'000'000'000'000;
constexpr std::int64_t second = 1'000'000'000;

Uuid uuid(unsigned char last) {
    Uuid made;
    made.bytes[0] = 1;
    made.bytes[15] = last;
    return made;
}

std::shared_ptr<const Process> some_process() {
    auto opened = Process::open("/proc", ::getpid());
    REQUIRE(opened);
    return std::make_shared<const Process>(std::move(*opened));
}

// As the QEMU driver sees a guest of libvirt's.
Place process_place(unsigned char last) {
    Place place;
    place.uuid = uuid(last);
    place.generation = 4711;
    place.name = "instance-000" + std::to_string(last);
    place.machine = "pc-q35-7.2";
    place.note = "monitor: belongs to libvirt";
    place.managed_by = "libvirt";
    place.local_id = 100 + last;
    place.process = some_process();
    place.vcpus.resize(2);
    place.disks.push_back({"virtio-disk0", "/images/a"});
    place.nics.push_back({"vnet3", 0, 7, "br0"});
    place.displays.push_back({.name = "vnc", .source = "*:5900", .exposed = true, .password = true, .port = 5900});
    return place;
}

Place libvirt_place(unsigned char last, std::uint64_t generation = 3) {
    Place place;
    place.uuid = uuid(last);
    place.generation = generation;
    place.name = "web0" + std::to_string(last);
    if (generation == 0) return place;
    place.local_id = 3;
    place.vcpus.resize(1);
    place.disks.push_back({"vda", "/images/a"});
    place.disks.push_back({"sda", ""});
    place.filesystems.push_back({"/", "/dev/vda1"});
    place.displays.push_back({.name = "vnc", .source = "0.0.0.0:?", .exposed = true});
    return place;
}

std::vector<Place> one(Place place) {
    std::vector<Place> places;
    places.push_back(std::move(place));
    return places;
}

}  // namespace

TEST_CASE("a guest that two drivers see has one row: threads from its process, name and disks from its manager") {
    const auto kvm = one(process_place(1));
    const auto libvirt = one(libvirt_place(1));
    const std::vector<Party> parties{{"qemu", kvm}, {"libvirt", libvirt, true}};
    Roster roster;
    const Enlistment enlisted = enlist(parties, now, true, nullptr, roster);
    REQUIRE(roster.guests.size() == 1);
    const RosterGuest& guest = roster.guests[0];
    CHECK(guest.name == "web01");
    CHECK(guest.driver == "libvirt");
    CHECK(guest.machine == "pc-q35-7.2");
    CHECK(guest.note.empty());
    CHECK(guest.generation == 4711);
    CHECK(guest.local_id == 3);  // virsh's
    CHECK(guest.vcpus == 2);
    CHECK(guest.disks == 2);
    CHECK(guest.nics == 1);
    CHECK(roster.disks[0].name == "vda");
    CHECK(guest.filesystems == 1);
    CHECK(guest.displays == 1);
    CHECK(roster.displays[0].source == "*:5900");
    const Slot& process = enlisted.slots[0][0];
    const Slot& manager = enlisted.slots[1][0];
    CHECK((process.own_vcpus && process.own_nics && !process.own_disks));
    CHECK((manager.own_disks && !manager.own_vcpus && !manager.own_nics));
    CHECK((process.own_displays && !process.own_filesystems));
    CHECK((manager.own_filesystems && !manager.own_displays));
    CHECK(process.place == &kvm[0]);
    CHECK(enlisted.manager == std::vector<std::size_t>{1});
}

TEST_CASE("guests of one driver alone own all their tables, whatever stands between them") {
    std::vector<Place> kvm = one(process_place(1));
    kvm.push_back(process_place(2));
    std::vector<Place> libvirt = one(libvirt_place(2));
    libvirt.push_back(libvirt_place(3, 0));
    const std::vector<Party> parties{{"qemu", kvm}, {"libvirt", libvirt, true}};
    Roster roster;
    const Enlistment enlisted = enlist(parties, now, true, nullptr, roster);
    REQUIRE(roster.guests.size() == 3);
    const Slot& alone = enlisted.slots[0][0];
    CHECK((alone.own_vcpus && alone.own_disks && alone.own_nics));
    CHECK(alone.guest == 0);
    CHECK(roster.guests[0].local_id == 101);
    CHECK(enlisted.slots[0][1].guest == enlisted.slots[1][0].guest);
    const Slot& off = enlisted.slots[1][1];
    CHECK(roster.guests[off.guest].generation == 0);
    CHECK(roster.guests[off.guest].vcpus == 0);
    CHECK(enlisted.manager == std::vector<std::size_t>{0, 1, 1});
}

TEST_CASE("displays are what their place says; what is not known of them is absent") {
    std::vector<Place> places = one(process_place(1));
    places.push_back(libvirt_place(2));
    places.push_back(libvirt_place(3, 0));
    const std::vector<Party> parties{{"qemu", places}};
    auto roster = std::make_shared<Roster>();
    const Enlistment enlisted = enlist(parties, now, true, nullptr, *roster);
    Frame frame;
    frame.reset(roster);
    fill_displays(enlisted.slots[0], frame);
    REQUIRE(frame.table(Scope::Display).rows() == 2);
    CHECK(frame.get(0, DisplayMetric::exposed) == 1);
    CHECK(frame.get(0, DisplayMetric::password) == 1);
    CHECK(frame.get(0, DisplayMetric::port) == 5900);
    CHECK_FALSE(frame.get(0, DisplayMetric::tls));
    CHECK(frame.get(1, DisplayMetric::exposed) == 1);
    CHECK_FALSE(frame.get(1, DisplayMetric::password));
    CHECK_FALSE(frame.get(1, DisplayMetric::port));
}

TEST_CASE("where nobody has a process the manager's devices count") {
    const auto libvirt = one(libvirt_place(1));
    const std::vector<Party> parties{{"libvirt", libvirt}};
    Roster roster;
    const Enlistment enlisted = enlist(parties, now, true, nullptr, roster);
    CHECK(roster.guests[0].vcpus == 1);
    CHECK(enlisted.slots[0][0].own_vcpus);
}

TEST_CASE("a running guest whose process is not found yet is one that is off, until patience ends") {
    const auto libvirt = one(libvirt_place(1));
    const std::vector<Party> parties{{"libvirt", libvirt, true}};
    Roster roster;
    const Enlistment enlisted = enlist(parties, now, true, nullptr, roster);
    CHECK(enlisted.waits);
    CHECK(roster.guests[0].generation == 0);
    CHECK(roster.guests[0].disks == 0);
    CHECK_FALSE(enlisted.slots[0][0].own_disks);
    Roster later;
    CHECK_FALSE(enlist(parties, now, false, nullptr, later).waits);
    CHECK(later.guests[0].generation == 3);
    CHECK(later.guests[0].disks == 2);
    // Other guests come and go: this one was waited for, and must not seem to stop and start because of them.
    Roster again;
    CHECK_FALSE(enlist(parties, now, true, &later, again).waits);
    CHECK(again.guests[0].generation == 3);
    const auto restarted = one(libvirt_place(1, 4));
    const std::vector<Party> anew{{"libvirt", restarted, true}};
    Roster next;
    CHECK(enlist(anew, now, true, &again, next).waits);
}

TEST_CASE("a young process is left out until its manager tells of it, if that answers") {
    auto kvm = one(process_place(1));
    kvm[0].start_realtime = now - second;
    const std::vector<Place> none;
    std::vector<Party> parties{{"qemu", kvm}, {"libvirt", none, true}};
    Roster roster;
    const Enlistment enlisted = enlist(parties, now, true, nullptr, roster);
    CHECK(enlisted.waits);
    CHECK(roster.guests.empty());
    CHECK(enlisted.slots[0][0].place == nullptr);
    SUBCASE("but not for long") { kvm[0].start_realtime = now - 6 * second; }
    SUBCASE("nor while libvirt cannot be reached") { parties[1].answers = false; }
    SUBCASE("nor where no libvirt is watched") { parties.pop_back(); }
    SUBCASE("nor one that nobody manages") { kvm[0].managed_by = {}; }
    Roster later;
    CHECK_FALSE(enlist(parties, now, true, nullptr, later).waits);
    CHECK(later.guests.size() == 1);
}

TEST_CASE("a young process whose manager still calls it off is one that is off until the manager knows") {
    auto kvm = one(process_place(1));
    kvm[0].start_realtime = now - second;
    auto libvirt = one(libvirt_place(1, 0));
    const std::vector<Party> parties{{"qemu", kvm}, {"libvirt", libvirt, true}};
    Roster roster;
    CHECK(enlist(parties, now, true, nullptr, roster).waits);
    CHECK(roster.guests[0].generation == 0);
    CHECK(roster.guests[0].local_id == 0);
    kvm[0].start_realtime = now - 6 * second;  // it ends: libvirt knows it first
    Roster later;
    CHECK_FALSE(enlist(parties, now, true, nullptr, later).waits);
    CHECK(later.guests[0].generation == 4711);
}

}  // namespace virtscope

#include "core/rates.h"

#include <limits>

#include <doctest/doctest.h>

#include "tests/core/sample.h"

using namespace virtscope;

namespace {

constexpr std::int64_t second = 1'000'000'000;

std::shared_ptr<Frame> frame(const RosterPtr& who, std::int64_t seconds) {
    auto made = std::make_shared<Frame>();
    made->monotonic = seconds * second;
    made->reset(who);
    return made;
}

// A changed copy of the sample roster.
template <class Change>
RosterPtr changed(std::size_t guests, Change change) {
    auto made = std::make_shared<Roster>(*sample::roster(guests));
    change(*made);
    return made;
}

}  // namespace

TEST_CASE("rate: units a second") {
    CHECK(rate({100, 0}, {300, 2 * second}) == doctest::Approx(100));
    CHECK(rate({5, second}, {5, 2 * second}) == doctest::Approx(0));
    CHECK(rate({0, 0}, {std::numeric_limits<std::uint64_t>::max(), second}) == doctest::Approx(1.8446744e19));
}

TEST_CASE("rate: unknown when the counter went back or time did not go on") {
    CHECK(!rate({300, 0}, {299, second}));
    CHECK(!rate({1, second}, {2, second}));
    CHECK(!rate({1, second}, {2, second - 1}));
}

TEST_CASE("pair: one roster, by row") {
    const auto who = sample::roster(2);
    const auto before = frame(who, 10);
    const auto now = frame(who, 12);
    before->set(1, GuestMetric::cpu_time, 4);
    now->set(1, GuestMetric::cpu_time, 10);
    const FramePair pair(before, now);
    CHECK(pair.interval() == 2 * second);
    CHECK(pair.rate(1, GuestMetric::cpu_time) == doctest::Approx(3));
    CHECK(pair.increase_of(Scope::Guest, 1, static_cast<std::size_t>(GuestMetric::cpu_time)) == 6);
    CHECK(!pair.rate(0, GuestMetric::cpu_time));
}

TEST_CASE("pair: the rows' own times count, not the frames'") {
    const auto who = sample::roster(1);
    const auto before = frame(who, 10);
    const auto now = frame(who, 12);
    before->set(0, GuestMetric::cpu_time, 0);
    now->set(0, GuestMetric::cpu_time, 10);
    now->table(Scope::Guest).row(0).time = 11 * second;
    CHECK(FramePair(before, now).rate(0, GuestMetric::cpu_time) == doctest::Approx(10));
    now->table(Scope::Guest).row(0).time = 10 * second;  // not read again
    CHECK(!FramePair(before, now).rate(0, GuestMetric::cpu_time));
}

TEST_CASE("pair: absent in either frame is unknown; so is a missing frame") {
    const auto who = sample::roster(1);
    const auto before = frame(who, 10);
    const auto now = frame(who, 11);
    now->set(0, NicMetric::rx_bytes, 5);
    CHECK(!FramePair(before, now).rate(0, NicMetric::rx_bytes));
    CHECK(!FramePair(nullptr, now).rate(0, NicMetric::rx_bytes));
    CHECK(!FramePair(before, nullptr).older(Scope::Guest, 0));
    CHECK(FramePair(nullptr, now).interval() == 0);
}

TEST_CASE("pair: over a reboot or back in time nothing is known") {
    const auto before = frame(sample::roster(1), 10);
    const auto rebooted = frame(changed(1, [](Roster& r) { r.host.boot_id = "other"; }), 20);
    before->set(0, HostMetric::cpu_user, 1);
    rebooted->set(0, HostMetric::cpu_user, 2);
    CHECK(FramePair(before, rebooted).interval() == 0);
    CHECK(!FramePair(before, rebooted).rate(0, HostMetric::cpu_user));
    CHECK(FramePair(before, frame(before->roster, 10)).interval() == 0);
    CHECK(FramePair(before, frame(before->roster, 9)).interval() == 0);
}

TEST_CASE("pair: a restarted guest has no rate, its neighbours keep theirs") {
    const auto before = frame(sample::roster(2), 10);
    const auto now = frame(changed(2, [](Roster& r) { r.guests[0].generation = 99; }), 11);
    for (std::size_t row : {0U, 1U}) {
        before->set(row, GuestMetric::cpu_time, 1);
        now->set(row, GuestMetric::cpu_time, 100);
        before->set(row, DiskMetric::read_ops, 1);
        now->set(row, DiskMetric::read_ops, 100);
    }
    const FramePair pair(before, now);
    CHECK(!pair.rate(0, GuestMetric::cpu_time));
    CHECK(!pair.rate(0, DiskMetric::read_ops));
    CHECK(pair.rate(1, GuestMetric::cpu_time) == doctest::Approx(99));
    CHECK(pair.rate(1, DiskMetric::read_ops) == doctest::Approx(99));
}

TEST_CASE("pair: guests that moved, were renamed or swapped names are found by identity") {
    const auto before = frame(sample::roster(3), 10);
    const auto reversed = changed(3, [](Roster& r) {
        std::swap(r.guests[0], r.guests[2]);
        std::swap(r.guests[0].name, r.guests[2].name);
        for (auto* list : {&r.vcpus, &r.disks, &r.nics}) {
            for (RosterInstance& instance : *list) instance.guest = 2 - instance.guest;
        }
    });
    const auto now = frame(reversed, 11);
    const FramePair pair(before, now);
    CHECK(pair.older(Scope::Guest, 0) == 2);
    CHECK(pair.older(Scope::Guest, 1) == 1);
    CHECK(pair.older(Scope::Guest, 2) == 0);
    CHECK(pair.older(Scope::Disk, 2) == 2);
    CHECK(pair.older(Scope::Host, 0) == 0);
}

TEST_CASE("pair: a device that came has no rate, one that stayed keeps its row") {
    const auto before = frame(sample::roster(2), 10);
    const auto now = frame(changed(2,
                                   [](Roster& r) {
                                       r.disks.insert(r.disks.begin(), {.guest = 0, .name = "vdz", .source = ""});
                                       r.guests[0].disks = 2;
                                       r.guests[1].first_disk = 2;
                                   }),
                           11);
    const FramePair pair(before, now);
    CHECK(!pair.older(Scope::Disk, 0));
    CHECK(pair.older(Scope::Disk, 1) == 0);
    CHECK(pair.older(Scope::Disk, 2) == 1);
}

TEST_CASE("pairs: a CPU of the host is followed by its number when another goes offline") {
    const auto all = sample::roster(1);
    const auto fewer = changed(1, [](Roster& roster) { roster.cpus.erase(roster.cpus.begin()); });
    const auto before = frame(all, 1);
    const auto now = frame(fewer, 2);
    before->set(1, CpuMetric::user, 100);
    now->set(0, CpuMetric::user, 350);
    const FramePair pair(before, now);
    CHECK(pair.older(Scope::Cpu, 0) == 1);
    CHECK(pair.rate(0, CpuMetric::user) == doctest::Approx(250));
    const FramePair back(now, frame(all, 3));
    CHECK_FALSE(back.older(Scope::Cpu, 0));
    CHECK(back.older(Scope::Cpu, 2) == 1);
}

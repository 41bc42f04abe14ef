// Guests of libvirt's that hang or vanish while they are asked: the others do not notice.
#include <doctest/doctest.h>

#include <dirent.h>
#include <algorithm>
#include <memory>
#include <thread>

#include "drivers/libvirt/connection.h"
#include "fake_libvirt.h"

using namespace virtscope;
using namespace virtscope::tests;
using namespace std::chrono_literals;

namespace {

const DriverHost nowhere{.proc = "/nonexistent", .sys = "/nonexistent"};

// What the connection's thread lists of a libvirt, and that thread's end.
libvirt::SnapshotPtr listing_of(const FakeLibvirt& fake) {
    const auto exchange = std::make_shared<libvirt::Exchange>();
    exchange->wanted = true;
    std::thread worker([&] { libvirt::run_connection(fake.library(), "qemu:///system", exchange); });
    std::unique_lock lock(exchange->mutex);
    const bool came = exchange->changed.wait_for(lock, 5s, [&] { return exchange->latest != nullptr; });
    exchange->closing = true;
    exchange->changed.notify_all();
    const auto latest = exchange->latest;
    lock.unlock();
    worker.join();
    REQUIRE(came);
    return latest;
}

std::size_t threads() {
    std::size_t count = 0;
    const std::unique_ptr<DIR, int (*)(DIR*)> tasks(::opendir("/proc/self/task"), ::closedir);
    while (tasks != nullptr && ::readdir(tasks.get()) != nullptr) ++count;
    return count;
}

void set_hung(FakeLibvirt& fake, std::size_t count, bool hung) {
    const std::lock_guard lock(fake.mutex);
    for (std::size_t i = 0; i < count; ++i) fake.guests[i].hung = hung;
    fake.changed.notify_all();
}

}  // namespace

TEST_CASE("a guest that hangs is stale, asked one question, and leaves the others fresh") {
    FakeLibvirt fake(12);
    const auto listed = listing_of(fake);
    REQUIRE(listed->guests.size() == 12);
    libvirt::LocalGuests local(fake.library(), nowhere, {});
    local.adopt(*listed);
    Bench bench(*listed);
    (void)bench.ask(local, 2s);  // how long it takes is the machine's
    for (std::size_t i = 0; i < 12; ++i) CHECK(bench.is_fresh(i));
    const std::size_t before = threads();
    set_hung(fake, 1, true);
    for (int tick = 0; tick < 5; ++tick) {
        CHECK(bench.ask(local, 400ms) < 2s);
        CHECK_FALSE(bench.is_fresh(0));
        CHECK(bench.frame.get(0, GuestMetric::stale) == 1);
        for (std::size_t i = 1; i < 12; ++i) CHECK(bench.is_fresh(i));
    }
    CHECK(fake.guests[0].most_asked == 1);
    CHECK(threads() <= before + 4);
    REQUIRE(bench.events.size() == 1);
    CHECK(bench.events[0].text.starts_with("virDomainBlockStatsFlags not answered for "));
    const Uuid& hung = listed->guests[0].place.uuid;
    CHECK(local.note_of(hung).starts_with("libvirt: virDomainBlockStatsFlags not answered since 20"));
    CHECK(local.note_of(listed->guests[1].place.uuid).empty());
    set_hung(fake, 1, false);
    int ticks = 0;
    for (; ticks < 20 && (ticks == 0 || !bench.is_fresh(0)); ++ticks) {
        std::this_thread::sleep_for(100ms);
        (void)bench.ask(local, 400ms);
    }
    CHECK(bench.is_fresh(0));
    CHECK(local.note_of(hung).empty());
    CHECK(ticks <= 2);
}

TEST_CASE("however many hang, no more than eight calls wait in libvirt") {
    FakeLibvirt fake(30);
    const auto listed = listing_of(fake);
    libvirt::LocalGuests local(fake.library(), nowhere, {});
    local.adopt(*listed);
    Bench bench(*listed);
    (void)bench.ask(local, 2s);
    set_hung(fake, 20, true);
    for (int tick = 0; tick < 8; ++tick) {
        CHECK(bench.ask(local, 400ms) < 2s);
        const std::lock_guard lock(fake.mutex);
        CHECK(fake.asking <= 8);
        for (const FakeGuest& guest : fake.guests) CHECK(guest.most_asked <= 1);
    }
    set_hung(fake, 20, false);
    // Those that hung are asked again once what was asked of them has been answered.
    for (int tick = 0; tick < 5; ++tick) {
        std::this_thread::sleep_for(100ms);
        (void)bench.ask(local, 2s);
    }
    for (std::size_t i = 0; i < 30; ++i) CHECK(bench.is_fresh(i));
}

TEST_CASE("a guest that vanishes at any call of a pass takes nobody with it") {
    // Listed, its XML read, kept, its disks asked, its memory asked.
    for (int left = 1; left <= 6; ++left) {
        FakeLibvirt fake(3);
        fake.guests[0].left = left;
        const auto listed = listing_of(fake);
        libvirt::LocalGuests local(fake.library(), nowhere, {});
        local.adopt(*listed);
        Bench bench(*listed);
        CHECK(bench.ask(local, 2s) < 2s);
        for (std::size_t i = 0; i < bench.places.size(); ++i) {
            if (bench.places[i].name != "g0") CHECK(bench.is_fresh(i));
        }
        CHECK(bench.places.size() >= 2);
    }
}

// Several hosts side by side: slow, failing, hanging and back again; through time together.
#include "top/source/fleet.h"

#include <thread>

#include <doctest/doctest.h>

#include "builder.h"
#include "core/freshness.h"
#include "core/ring/writer.h"
#include "fake_host.h"
#include "tests/core/sample.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;
using namespace std::chrono_literals;

namespace {

using Clock = HostWatch::Clock;

constexpr std::chrono::nanoseconds window = 100ms;
const FleetPace quick{.first = 2s,
                      .travel = 2s,
                      .must_reach = false,
                      .watch = {.hangs_after = 150ms, .first_retry = 100ms, .longest_retry = 400ms}};

std::shared_ptr<FakeHost> host(std::string name, std::int64_t oldest = 0, std::int64_t newest = 0) {
    auto made = std::make_shared<FakeHost>();
    made->name = std::move(name);
    made->oldest = oldest;
    made->newest = newest;
    return made;
}

std::unique_ptr<SceneSource> fleet_of(const std::vector<std::shared_ptr<FakeHost>>& hosts, FleetPace pace = quick) {
    std::vector<FleetMember> members;
    for (const auto& one : hosts) members.push_back(member_of(one));
    return *Fleet::open(std::move(members), pace);
}

// Looks each window until the scene is as wanted.
Scene until(SceneSource& fleet, const auto& wanted) {
    const auto deadline = Clock::now() + 10s;
    while (true) {
        auto scene = fleet.look(window);
        REQUIRE(scene);
        if (wanted(*scene) || Clock::now() > deadline) return *scene;
        std::this_thread::sleep_for(window);
    }
}

std::int64_t seconds_of(const Host& host) { return host.picture.frame().realtime / second; }
bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("the first look has every host that is fast, with its own name or the label it was given") {
    std::vector<FleetMember> members{member_of(host("h1")), member_of(host("h2"), "mine")};
    auto fleet = *Fleet::open(std::move(members), quick);
    const auto scene = fleet->look(window);
    REQUIRE(scene);
    REQUIRE(scene->hosts.size() == 2);
    CHECK(scene->is_fleet());
    CHECK(scene->is_new());
    CHECK(scene->hosts[0].label == "h1");
    CHECK(scene->hosts[1].label == "mine");
    for (const Host& one : scene->hosts) {
        CHECK(one.is_known());
        CHECK(one.trouble.empty());
    }
    CHECK(fleet->more_to_come());
    CHECK(*fleet->ring_for_orders(1) == "h2.ring");
    CHECK_FALSE(fleet->ring_for_orders(2));
}

TEST_CASE("hosts of one name are numbered") {
    auto fleet = fleet_of({host("vm"), host("vm"), host("vm")});
    const auto scene = fleet->look(window);
    REQUIRE(scene);
    CHECK(scene->hosts[0].label == "vm");
    CHECK(scene->hosts[1].label == "vm#2");
    CHECK(scene->hosts[2].label == "vm#3");
}

TEST_CASE("a host that cannot be reached says why and when it is tried again, and is there once it can be") {
    const auto bad = host("h7");
    bad->refuses = Error{ErrorKind::absent, "qemu+ssh://h7/system: connection refused"};
    auto fleet = fleet_of({host("h1"), bad});
    const auto first = fleet->look(window);
    REQUIRE(first);
    CHECK(first->hosts[0].is_known());
    CHECK_FALSE(first->hosts[1].is_known());
    CHECK(first->hosts[1].label == "name-of-h7");
    CHECK(has(first->hosts[1].trouble, "qemu+ssh://h7/system: connection refused; tried again in 1 s"));
    until(*fleet, [&](const Scene&) { return bad->count(&FakeHost::opened) >= 3; });
    bad->set([&] { bad->refuses.reset(); });
    const Scene later = until(*fleet, [](const Scene& scene) { return scene.hosts[1].is_known(); });
    CHECK(later.hosts[1].label == "h7");
    CHECK(later.hosts[1].trouble.empty());
}

TEST_CASE("a host that hangs keeps its picture, which grows old; nobody waits for it, nor when leaving") {
    const auto hung = host("h2");
    auto fleet = fleet_of({host("h1"), hung});
    until(*fleet, [](const Scene& scene) { return scene.has_rates(); });
    hung->set([&] { hung->hangs = true; });
    const Scene scene = until(*fleet, [](const Scene& now) { return !now.hosts[1].trouble.empty(); });
    CHECK(has(scene.hosts[1].trouble, "fake://h2: no answer for"));
    REQUIRE(scene.hosts[1].is_known());
    CHECK_FALSE(scene.hosts[1].picture.is_new);
    CHECK(*scene.hosts[1].picture.age > 150ms);
    CHECK(*scene.hosts[0].picture.age < 150ms);
    const auto begin = Clock::now();
    const auto again = fleet->look(window);
    CHECK(Clock::now() - begin < 50ms);
    hung->set([&] { hung->hangs = false; });
    until(*fleet, [](const Scene& now) { return now.hosts[1].trouble.empty() && now.hosts[1].picture.is_new; });
    hung->set([&] { hung->hangs = true; });
    until(*fleet, [](const Scene& now) { return !now.hosts[1].trouble.empty(); });
    const auto leaving = Clock::now();
    fleet.reset();
    CHECK(Clock::now() - leaving < 50ms);
    hung->set([&] { hung->hangs = false; });
    for (int i = 0; i < 500 && hung->count(&FakeHost::closed) == 0; ++i) std::this_thread::sleep_for(10ms);
    CHECK(hung->count(&FakeHost::closed) == 1);
}

TEST_CASE("a host that hangs from the beginning is awaited, but not for ever") {
    const auto hung = host("h2");
    hung->hangs = true;
    FleetPace pace = quick;
    pace.first = 100ms;
    auto fleet = fleet_of({host("h1"), hung}, pace);
    const auto scene = fleet->look(window);
    REQUIRE(scene);
    CHECK(scene->hosts[0].is_known());
    CHECK(scene->hosts[1].is_awaited);
    CHECK_FALSE(scene->has_rates());
    CHECK(has(scene->hosts[1].trouble, "no answer"));
    hung->set([&] { hung->hangs = false; });
    const Scene later = until(*fleet, [](const Scene& now) { return now.hosts[1].is_known(); });
    CHECK(later.hosts[1].trouble.empty());
}

TEST_CASE("a slow host is looked at ahead of time and no tick of it is lost") {
    const auto slow = host("h1");
    constexpr auto slowly = 250ms;  // a busy machine is late by less
    slow->slow = 60ms;
    auto fleet = fleet_of({slow, host("h2")});
    REQUIRE(fleet->look(slowly));
    FramePtr last;
    int whole = 0;
    for (int i = 0; i < 8; ++i) {
        std::this_thread::sleep_for(slowly);
        const auto scene = fleet->look(slowly);
        REQUIRE(scene);
        const Picture& picture = scene->hosts[0].picture;
        if (picture.is_new && last && picture.pair.before()->monotonic == last->monotonic) ++whole;
        last = picture.pair.now();
    }
    CHECK(whole >= 5);
}

TEST_CASE("an agent that is silent says so in its host's line") {
    const auto silent = host("h2");
    silent->is_silent = true;
    auto fleet = fleet_of({host("h1"), silent});
    const auto scene = fleet->look(window);
    REQUIRE(scene);
    CHECK(scene->hosts[1].trouble == "agent silent");
    CHECK(scene->hosts[1].is_known());
    CHECK(scene->hosts[0].trouble.empty());
}

TEST_CASE("all hosts go to one moment; those without a past stay live and say so") {
    auto fleet = fleet_of({host("live"), host("a", 100, 200), host("b", 50, 150), host("c", 170, 300)});
    REQUIRE(fleet->look(window));
    const auto scene = fleet->at(160 * second, window);
    REQUIRE(scene);
    CHECK(has(scene->hosts[0].trouble, "stays live"));
    CHECK(scene->hosts[0].is_known());
    CHECK(seconds_of(scene->hosts[1]) == 160);
    CHECK(scene->hosts[1].picture.is_history);
    CHECK(seconds_of(scene->hosts[2]) == 150);
    CHECK_FALSE(scene->hosts[3].is_known());
    CHECK(has(scene->hosts[3].trouble, "before the oldest"));

    const auto back = fleet->go(Move::back, window);
    REQUIRE(back);
    CHECK(seconds_of(back->hosts[1]) == 159);
    CHECK(seconds_of(back->hosts[2]) == 150);
    for (int i = 0; i < 15; ++i) REQUIRE(fleet->go(Move::forward, window));
    const auto onward = fleet->look(window);
    REQUIRE(onward);
    CHECK(seconds_of(onward->hosts[1]) == 174);
    CHECK(seconds_of(onward->hosts[3]) == 174);
    CHECK(onward->hosts[3].trouble.empty());

    const auto now = fleet->go(Move::newest, window);
    REQUIRE(now);
    for (const Host& one : now->hosts) {
        CHECK(one.trouble.empty());
        CHECK_FALSE(one.picture.is_history);
    }
}

TEST_CASE("a moment that no host has is an error and changes nothing") {
    auto fleet = fleet_of({host("a", 100, 200), host("b", 50, 150)});
    REQUIRE(fleet->look(window));
    const auto scene = fleet->at(10 * second, window);
    REQUIRE_FALSE(scene);
    CHECK(has(scene.error().message, "before the oldest"));
    const auto still = fleet->look(window);
    REQUIRE(still);
    for (const Host& one : still->hosts) {
        CHECK(one.is_known());
        CHECK(one.trouble.empty());
    }
    auto live = fleet_of({host("a"), host("b")});
    REQUIRE(live->look(window));
    const auto refused = live->go(Move::back, window);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().kind == ErrorKind::unsupported);
    CHECK(live->look(window)->hosts[0].trouble.empty());
}

TEST_CASE("who is reached while the others are in the past goes there too") {
    const auto late = host("b", 50, 150);
    late->refuses = Error{ErrorKind::absent, "fake://b: down"};
    auto fleet = fleet_of({host("a", 100, 200), late});
    REQUIRE(fleet->look(window));
    REQUIRE(fleet->at(120 * second, window));
    late->set([&] { late->refuses.reset(); });
    const Scene scene = until(*fleet, [](const Scene& now) { return now.hosts[1].is_known(); });
    CHECK(seconds_of(scene.hosts[1]) == 120);
}

TEST_CASE("frames of a ring stay as they are while somebody looks at them, whatever is read meanwhile") {
    const sample::Directory folder;
    const std::vector<GuestSpec> guests{{.name = "a"}};
    auto roster = std::make_shared<Roster>(*roster_of(guests));
    roster->host.boot_id = read_now().boot_id;
    RingWriter writer = *RingWriter::open(folder.file("ring"), 1 << 20);
    const auto publish = [&](std::uint64_t number) {
        const Now now = read_now();
        Frame frame = frame_of(guests, roster, 0);
        frame.realtime = now.realtime;
        frame.monotonic = now.monotonic;
        frame.set(0, GuestMetric::cpu_time, number);
        REQUIRE(writer.publish(frame));
    };
    publish(0);
    std::vector<FleetMember> members{member_of(host("h1"))};
    members.push_back({.label = "ring", .open = [path = folder.file("ring")](const std::atomic<bool>&) {
                           return open_ring_or_recording(path);
                       }});
    auto fleet = *Fleet::open(std::move(members), quick);
    std::vector<std::pair<FramePtr, std::uint64_t>> held;
    for (std::uint64_t number = 1; number <= 100; ++number) {
        publish(number);
        const auto scene = fleet->look(10ms);
        REQUIRE(scene);
        const FramePtr frame = scene->hosts[1].picture.pair.now();
        held.emplace_back(frame, *frame->get(0, GuestMetric::cpu_time));
        if (held.size() > 5) held.erase(held.begin());
        for (const auto& [seen, value] : held) CHECK(seen->get(0, GuestMetric::cpu_time) == value);
        std::this_thread::sleep_for(5ms);
    }
    CHECK(held.back().second > 50);
}

TEST_CASE("where not one host can be reached the first look fails and gives each reason, if that is wanted") {
    const auto a = host("a");
    const auto b = host("b");
    a->refuses = Error{ErrorKind::absent, "fake://a: no such ring"};
    b->refuses = Error{ErrorKind::denied, "fake://b: permission denied"};
    FleetPace pace = quick;
    CHECK(fleet_of({a, b}, pace)->look(window));
    pace.must_reach = true;
    const auto scene = fleet_of({a, b}, pace)->look(window);
    REQUIRE_FALSE(scene);
    CHECK(has(scene.error().message, "fake://a: no such ring"));
    CHECK(has(scene.error().message, "fake://b: permission denied"));
}

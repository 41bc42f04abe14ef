// What people do to simulated guests: accepted by the orders, seen in the places and frames.
#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>

#include "drivers/simulated/simulated.h"

using namespace virtscope;
using namespace virtscope::simulated;

namespace {

constexpr std::int64_t opened_at = 1'800'000'000 * second + 123'456'789;  // 2027-01-15 08:00 UTC

struct Steps : Progress {
    std::uint64_t calls = 0, last = 0, total = 0;
    void at(std::uint64_t done, std::uint64_t all) override {
        CHECK(done >= last);
        ++calls;
        last = done;
        total = all;
    }
};

// A simulated host with hands on its clock and its guests.
struct Bench {
    std::int64_t elapsed = 0;
    SimulatedDriver driver;
    std::shared_ptr<Lifecycle> hands;
    Frame frame;
    Steps progress;

    explicit Bench(const Options& options = {.guests = 4})
        : driver(options, {.steady = [this] { return 5000 * second + elapsed; }, .realtime = [] { return opened_at; }}),
          hands(driver.lifecycle()) {
        look(0);
    }
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    // The driver's frame at `time` (ns since it was opened).
    void look(std::int64_t time) {
        elapsed = time;
        REQUIRE(driver.refresh(Clock::duration::zero()));
        auto roster = std::make_shared<Roster>();
        std::vector<Slot> slots;
        for (const Place& place : driver.places()) {
            Slot slot{.place = &place, .guest = roster->guests.size(), .first_vcpu = roster->vcpus.size(),
                      .first_disk = roster->disks.size(), .first_nic = roster->nics.size()};
            RosterGuest guest;
            guest.name = place.name;
            for (std::size_t i = 0; i < place.vcpus.size(); ++i) roster->vcpus.emplace_back();
            for (std::size_t i = 0; i < place.disks.size(); ++i) roster->disks.emplace_back();
            for (std::size_t i = 0; i < place.nics.size(); ++i) roster->nics.emplace_back();
            roster->guests.push_back(guest);
            slots.push_back(slot);
        }
        frame.reset(roster);
        driver.ask(slots, frame, Clock::time_point::max());
    }

    // Null: it is not listed.
    const Place* place(const std::string& name) const {
        for (const Place& each : driver.places()) {
            if (each.name == name) return &each;
        }
        return nullptr;
    }
    std::optional<std::uint64_t> value(const std::string& name, GuestMetric metric) const {
        for (std::size_t row = 0; row < frame.roster->guests.size(); ++row) {
            if (frame.roster->guests[row].name == name) return frame.get(row, metric);
        }
        return std::nullopt;
    }
    GuestState state(const std::string& name) const {
        return state_of(value(name, GuestMetric::state).value_or(0));
    }

    Order order(Verb verb, const std::string& name) const {
        Order order;
        order.verb = verb;
        order.target.name = name;
        if (const Place* const at = place(name)) {
            order.target.uuid = at->uuid;
            order.target.generation = at->generation;
        }
        order.deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(50);
        return order;
    }
    Result<Answer> carry_out(const Order& order) { return hands->carry_out(order, progress); }
    Result<Answer> carry_out(Verb verb, const std::string& name) { return carry_out(order(verb, name)); }
    bool done(Verb verb, const std::string& name) {
        const auto answer = carry_out(verb, name);
        if (!answer) MESSAGE(answer.error().message);
        return answer && !answer->already;
    }
    bool already(Verb verb, const std::string& name) {
        const auto answer = carry_out(verb, name);
        return answer && answer->already;
    }
};

bool refused(const Result<Answer>& answer, ErrorKind kind) { return !answer && answer.error().kind == kind; }

const std::string web = "web01";

}  // namespace

TEST_CASE("a shutdown is accepted at once and over a second later; the guest stays listed, with nothing of its own") {
    Bench bench;
    CHECK(bench.done(Verb::shutdown, web));
    CHECK(bench.already(Verb::shutdown, web));
    bench.look(second / 2);
    CHECK(bench.state(web) == GuestState::shutting_down);
    bench.look(2 * second);
    CHECK(bench.state(web) == GuestState::shut_off);
    const Place& place = *bench.place(web);
    CHECK(place.generation == 0);
    CHECK(place.vcpus.empty());
    CHECK(place.disks.empty());
    CHECK(place.nics.empty());
    CHECK(bench.already(Verb::destroy, web));
    CHECK(bench.driver.places().size() == 4);
}

TEST_CASE("a start begins a new run whose counters begin anew; orders for the old run miss it") {
    Bench bench;
    const Order late = bench.order(Verb::destroy, web);
    const auto before = bench.value(web, GuestMetric::cpu_time);
    CHECK(bench.already(Verb::start, web));
    CHECK(bench.done(Verb::destroy, web));
    bench.look(second);
    const Order off = bench.order(Verb::destroy, web);
    CHECK(bench.done(Verb::start, web));
    bench.look(3 * second);
    CHECK(bench.state(web) == GuestState::running);
    CHECK(bench.place(web)->generation == static_cast<std::uint64_t>(opened_at + second));
    CHECK(*bench.value(web, GuestMetric::cpu_time) < *before);
    CHECK(*bench.value(web, GuestMetric::cpu_time) <= 8 * 2 * second);
    CHECK(refused(bench.carry_out(late), ErrorKind::absent));
    CHECK(refused(bench.carry_out(off), ErrorKind::busy));
    bench.look(4 * second);
    CHECK(bench.state(web) == GuestState::running);
}

TEST_CASE("a paused guest's counters stand still and go on from there") {
    Bench bench;
    bench.look(10 * second);
    CHECK(bench.done(Verb::suspend, web));
    CHECK(bench.already(Verb::suspend, web));
    bench.look(11 * second);
    CHECK(bench.state(web) == GuestState::paused);
    const auto paused = *bench.value(web, GuestMetric::cpu_time);
    bench.look(500 * second);
    CHECK(*bench.value(web, GuestMetric::cpu_time) == paused);
    CHECK(refused(bench.carry_out(Verb::shutdown, web), ErrorKind::busy));
    CHECK(bench.done(Verb::resume, web));
    CHECK(bench.already(Verb::resume, web));
    bench.look(501 * second);
    const auto resumed = *bench.value(web, GuestMetric::cpu_time);
    CHECK(resumed >= paused);
    CHECK(resumed - paused < 8 * 2 * second);
    bench.look(521 * second);
    CHECK(*bench.value(web, GuestMetric::cpu_time) > resumed);
    CHECK(bench.state(web) == GuestState::running);
}

TEST_CASE("a guest whose habit is to be paused can be resumed, without a jump") {
    Bench bench({.guests = 32});
    for (const std::string name : {"backup08", "backup16", "backup24"}) {
        const auto at = bench.elapsed;
        bench.look(at + second);
        const auto before = *bench.value(name, GuestMetric::cpu_time);
        const bool idle = bench.state(name) != GuestState::running;
        CHECK(bench.carry_out(Verb::resume, name));
        bench.look(at + 2 * second);
        bench.look(at + 3 * second);
        CHECK(bench.state(name) == GuestState::running);
        CHECK(*bench.value(name, GuestMetric::cpu_time) >= before);
        CHECK(*bench.value(name, GuestMetric::cpu_time) - before < 8 * 3 * second);
        if (idle) CHECK(*bench.value(name, GuestMetric::cpu_time) - before < 8 * 2 * second);
    }
}

TEST_CASE("memory and vCPUs change within what the guest has, and its sums never go back") {
    Bench bench({.guests = 16});
    std::string name;
    for (const Place& place : bench.driver.places()) {
        if (place.vcpus.size() >= 4 && name.empty()) name = place.name;
    }
    REQUIRE(!name.empty());
    const auto most = bench.place(name)->vcpus.size();
    Order memory = bench.order(Verb::setmem, name);
    memory.bytes = *bench.place(name)->memory_max / 2;
    REQUIRE(bench.carry_out(memory));
    CHECK(bench.carry_out(memory)->already);
    bench.look(second);
    CHECK(bench.value(name, GuestMetric::memory_balloon) == memory.bytes);
    memory.bytes *= 3;
    CHECK(refused(bench.carry_out(memory), ErrorKind::malformed));

    auto before = *bench.value(name, GuestMetric::cpu_time);
    Order vcpus = bench.order(Verb::setvcpus, name);
    std::int64_t time = second;
    for (const auto count : {1U, 3U, static_cast<unsigned>(most), 2U}) {
        vcpus.count = count;
        REQUIRE(bench.carry_out(vcpus));
        bench.look(time += second);
        CHECK(bench.place(name)->vcpus.size() == count);
        CHECK(bench.value(name, GuestMetric::vcpus) == count);
        const auto now = *bench.value(name, GuestMetric::cpu_time);
        CHECK(now >= before);
        CHECK(now - before < 2 * most * second);
        before = now;
    }
    vcpus.count = static_cast<unsigned>(most) + 1;
    CHECK(refused(bench.carry_out(vcpus), ErrorKind::malformed));
}

TEST_CASE("a hung guest accepts nothing, until its deadline, but its end; its next run answers") {
    Bench bench({.guests = 4, .hung = 1});
    for (const Verb verb : {Verb::shutdown, Verb::suspend}) {
        const Order order = bench.order(verb, web);
        CHECK(refused(bench.carry_out(order), ErrorKind::timeout));
        CHECK(std::chrono::steady_clock::now() >= order.deadline);
    }
    CHECK(bench.done(Verb::destroy, web));
    bench.look(second);
    CHECK(bench.state(web) == GuestState::shut_off);
    CHECK(bench.done(Verb::start, web));
    bench.look(2 * second);
    CHECK(bench.value(web, GuestMetric::stale) == 0U);
    CHECK(bench.done(Verb::suspend, web));
}

TEST_CASE("save and restore report how far they are") {
    Bench bench;
    Order save = bench.order(Verb::save, web);
    save.path = "relative";
    CHECK(refused(bench.carry_out(save), ErrorKind::malformed));
    save.path = "/var/tmp/web01.save";
    REQUIRE(bench.carry_out(save));
    CHECK(bench.progress.calls > 10);
    CHECK(bench.progress.last == bench.progress.total);
    bench.look(2 * second);
    CHECK(bench.state(web) == GuestState::shut_off);
    bench.progress = {};
    Order restore = bench.order(Verb::restore, "");
    restore.path = "/var/tmp/other.save";
    CHECK(refused(bench.carry_out(restore), ErrorKind::absent));
    restore.path = save.path;
    restore.paused = true;
    const auto answer = bench.carry_out(restore);
    REQUIRE(answer);
    CHECK(answer->guest == bench.place(web)->uuid);
    CHECK(bench.progress.last == bench.progress.total);
    bench.look(4 * second);
    CHECK(bench.state(web) == GuestState::paused);
    CHECK(refused(bench.carry_out(restore), ErrorKind::busy));
}

TEST_CASE("a definition can be read, forgotten and brought back") {
    Bench bench;
    const auto xml = bench.carry_out(Verb::dumpxml, web);
    REQUIRE(xml);
    CHECK(xml->text.find("<name>web01</name>") != std::string::npos);
    CHECK(bench.carry_out(Verb::domdisplay, web)->text == "vnc://127.0.0.1:0");
    CHECK(bench.done(Verb::undefine, web));
    bench.look(second);
    CHECK(bench.state(web) == GuestState::running);
    CHECK(bench.done(Verb::destroy, web));
    bench.look(2 * second);
    CHECK(bench.place(web) == nullptr);
    CHECK(refused(bench.carry_out(Verb::start, web), ErrorKind::absent));

    Order define;
    define.verb = Verb::define;
    define.text = "<domain></domain>";
    CHECK(refused(bench.carry_out(define), ErrorKind::malformed));
    define.text = "<domain><name>else</name></domain>";
    CHECK(refused(bench.carry_out(define), ErrorKind::unsupported));
    define.text = xml->text;
    REQUIRE(bench.carry_out(define));
    CHECK(bench.carry_out(define)->already);
    bench.look(3 * second);
    REQUIRE(bench.place(web) != nullptr);
    CHECK(bench.state(web) == GuestState::shut_off);
}

TEST_CASE("a guest that was created goes with its run") {
    Bench bench;
    Order create;
    create.verb = Verb::create;
    create.text = "<domain><name>web01</name></domain>";
    CHECK(refused(bench.carry_out(create), ErrorKind::busy));
    CHECK(bench.done(Verb::undefine, web));
    CHECK(bench.done(Verb::destroy, web));
    bench.look(second);
    REQUIRE(bench.carry_out(create));
    bench.look(2 * second);
    CHECK(bench.state(web) == GuestState::running);
    CHECK(refused(bench.carry_out(Verb::autostart, web), ErrorKind::unsupported));
    CHECK(bench.done(Verb::shutdown, web));
    bench.look(4 * second);
    CHECK(bench.place(web) == nullptr);
}

TEST_CASE("media, autostart, and what cannot be asked") {
    Bench bench;
    Order media = bench.order(Verb::change_media, web);
    media.path = "/srv/images/boot.iso";
    media.device = "hda";
    CHECK(refused(bench.carry_out(media), ErrorKind::absent));
    media.device = "hdc";
    REQUIRE(bench.carry_out(media));
    CHECK(bench.carry_out(media)->already);
    CHECK(bench.carry_out(Verb::dumpxml, web)->text.find(media.path) != std::string::npos);
    CHECK(bench.done(Verb::eject, web));
    CHECK(bench.already(Verb::eject, web));
    CHECK(bench.done(Verb::autostart, web));
    CHECK(bench.already(Verb::autostart, web));
    CHECK(bench.done(Verb::reboot, web));
    CHECK(bench.done(Verb::reset, web));
    Order reboot = bench.order(Verb::reboot, web);
    reboot.mode = "agent";
    CHECK(refused(bench.carry_out(reboot), ErrorKind::unsupported));
    CHECK(!bench.hands->can(Verb::deploy));
    CHECK(refused(bench.carry_out(Verb::guestinfo, web), ErrorKind::unsupported));
    CHECK(refused(bench.carry_out(Verb::start, "nobody01"), ErrorKind::absent));
    CHECK(refused(bench.carry_out(Verb::start, "web99999999999999999999"), ErrorKind::absent));
}

TEST_CASE("a dry run says what would be done and does nothing, also where the order is wrong") {
    Bench bench;
    Order destroy = bench.order(Verb::destroy, web);
    destroy.dry_run = true;
    const auto answer = bench.carry_out(destroy);
    REQUIRE(answer);
    CHECK(answer->text == "would destroy web01");
    Order vcpus = bench.order(Verb::setvcpus, web);
    vcpus.dry_run = true;
    vcpus.count = 999;
    CHECK(refused(bench.carry_out(vcpus), ErrorKind::malformed));
    bench.look(second);
    CHECK(bench.state(web) == GuestState::running);
    CHECK(bench.driver.generation() == 1);
}

TEST_CASE("churn leaves a guest alone that was ordered about, and the others as they were") {
    Bench bench({.guests = 4, .churn = 60});
    std::string name = bench.driver.places().front().name;
    CHECK(bench.done(Verb::suspend, name));
    bench.look(second);
    const auto run = bench.place(name)->generation;
    std::uint64_t before = *bench.value(name, GuestMetric::cpu_time);
    bool vanished = false;
    for (std::int64_t time = 2; time < 60; ++time) {
        bench.look(time * second);
        REQUIRE(bench.place(name) != nullptr);
        CHECK(bench.place(name)->generation == run);
        CHECK(*bench.value(name, GuestMetric::cpu_time) == before);
        vanished |= bench.driver.places().size() < 4;
    }
    CHECK(vanished);
}

// The agents inside guests are asked in turn: who is silent, slow or hangs for ever costs the others nothing.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "drivers/agent_book.h"
#include "drivers/guest_agents.h"

using namespace virtscope;
using namespace std::chrono_literals;
using Reach = AgentReply::Reach;
using Clock = GuestAgents::Clock;

namespace {

// A guest's agent as the test wants it; shared with the threads that ask.
struct Patient {
    std::mutex mutex;
    std::condition_variable changed;
    AgentReply reply{Reach::answers, GuestFilesystems{{"/", "vda1", 100, 40}}};
    bool hangs = false;
    std::vector<bool> questions;  // each: about filesystems
    int at_once = 0, most_at_once = 0;

    void become(Reach reach) {
        const std::lock_guard lock(mutex);
        reply.reach = reach;
    }
    void hang(bool so) {
        const std::lock_guard lock(mutex);
        hangs = so;
        changed.notify_all();
    }
    std::size_t asked() {
        const std::lock_guard lock(mutex);
        return questions.size();
    }
};

AskAgent way_to(const std::shared_ptr<Patient>& patient) {
    return [patient](bool filesystems) {
        std::unique_lock lock(patient->mutex);
        patient->questions.push_back(filesystems);
        patient->most_at_once = std::max(patient->most_at_once, ++patient->at_once);
        patient->changed.wait(lock, [&] { return !patient->hangs; });
        --patient->at_once;
        AgentReply reply = patient->reply;
        if (!filesystems || reply.reach != Reach::answers) reply.filesystems.reset();
        return reply;
    };
}

bool until(const std::function<bool()>& so, Clock::duration patience = 5s) {
    for (const auto end = Clock::now() + patience; Clock::now() < end; std::this_thread::sleep_for(2ms)) {
        if (so()) return true;
    }
    return so();
}

// One guest's place, and the rows that a sampler would make of it.
struct Bench {
    explicit Bench(Clock::duration interval) : book(interval, 2) {
        place.uuid.bytes[0] = 1;
        place.generation = 7;
    }
    bool update() {
        return book.update(std::span(&place, 1), {.way = [this](std::size_t) { return way; },
                                                  .runs = [this](std::size_t) { return runs; }});
    }
    const Frame& report() {
        Roster roster;
        roster.guests.resize(1);
        roster.filesystems.resize(place.filesystems.size());
        frame.reset(std::make_shared<Roster>(roster));
        book.report({.place = &place, .own_filesystems = true}, frame);
        return frame;
    }
    std::optional<std::uint64_t> agent() {
        (void)update();
        return report().get(0, GuestMetric::guest_agent);
    }

    AgentBook book;
    Place place;
    std::optional<AskAgent> way;
    bool runs = true;
    Frame frame;
};

}  // namespace

TEST_CASE("an agent that answers is asked at the interval, about its filesystems every second time") {
    const auto patient = std::make_shared<Patient>();
    GuestAgents agents(20ms, 2);
    const auto agent = agents.watch(way_to(patient));
    REQUIRE(until([&] { return patient->asked() >= 5; }));
    const auto state = agents.look(agent, true);
    CHECK(state->answers == true);
    REQUIRE(state->told);
    CHECK(state->filesystems == GuestFilesystems{{"/", "vda1", 100, 40}});
    const std::lock_guard lock(patient->mutex);
    CHECK(std::vector<bool>(patient->questions.begin(), patient->questions.begin() + 5) ==
          std::vector<bool>{true, false, true, false, true});
    CHECK(patient->most_at_once == 1);
}

TEST_CASE("whoever is silent is asked less and less, and at the interval again once it answers") {
    const auto patient = std::make_shared<Patient>();
    patient->become(Reach::silent);
    GuestAgents agents(20ms, 2);
    const auto agent = agents.watch(way_to(patient));
    REQUIRE(until([&] { return agents.look(agent, true)->answers == false; }));
    CHECK(!agents.look(agent, true)->answered);
    std::this_thread::sleep_for(620ms);  // 20 + 40 + 80 + 160 + 320
    CHECK(patient->asked() >= 4);
    CHECK(patient->asked() <= 7);
    patient->become(Reach::answers);
    REQUIRE(until([&] { return agents.look(agent, true)->answers == true; }));
    const auto before = patient->asked();
    CHECK(until([&] { return patient->asked() >= before + 5; }, 1s));
}

TEST_CASE("one lost second is not believed of an agent that answered, two are") {
    const auto patient = std::make_shared<Patient>();
    GuestAgents agents(10ms, 2);
    const auto agent = agents.watch(way_to(patient));
    REQUIRE(until([&] { return agents.look(agent, true)->answers == true; }));
    patient->become(Reach::silent);
    std::this_thread::sleep_for(200ms);
    CHECK(agents.look(agent, true)->answers == true);
    REQUIRE(until([&] { return agents.look(agent, true)->answers == false; }));
    const auto silent = agents.look(agent, true);
    CHECK(silent->answered);
    CHECK(!silent->told);
    CHECK(silent->filesystems.size() == 1);
    patient->become(Reach::answers);
    REQUIRE(until([&] { return agents.look(agent, true)->answers == true; }));
    CHECK(agents.look(agent, true)->told);
}

TEST_CASE("what cannot be reached is not known, what somebody else uses stays as it was") {
    const auto patient = std::make_shared<Patient>();
    GuestAgents agents(10ms, 2);
    const auto agent = agents.watch(way_to(patient));
    REQUIRE(until([&] { return agents.look(agent, true)->answers == true; }));
    patient->become(Reach::later);
    const auto before = patient->asked();
    REQUIRE(until([&] { return patient->asked() > before; }));
    CHECK(agents.look(agent, true)->answers == true);
    patient->become(Reach::unreachable);
    REQUIRE(until([&] { return !agents.look(agent, true)->answers; }));
    CHECK(agents.look(agent, true)->answered);
}

TEST_CASE("agents that hang for ever cost those that answer nothing, nor who looks") {
    const auto healthy = std::make_shared<Patient>();
    std::vector<std::shared_ptr<Patient>> hung;
    {
        GuestAgents agents(20ms, 4);
        const auto agent = agents.watch(way_to(healthy));
        REQUIRE(until([&] { return agents.look(agent, true)->answers == true; }));
        std::vector<std::shared_ptr<GuestAgents::Agent>> others;
        for (int i = 0; i < 40; ++i) {
            hung.push_back(std::make_shared<Patient>());
            hung.back()->hang(true);
            others.push_back(agents.watch(way_to(hung.back())));
        }
        std::this_thread::sleep_for(100ms);
        std::size_t being_asked = 0;
        for (const auto& patient : hung) being_asked += patient->asked();
        CHECK(being_asked == 3);  // of four threads one is left for those that answer
        const auto before = healthy->asked();
        CHECK(until([&] { return healthy->asked() >= before + 20; }, 2s));
        const auto began = Clock::now();
        for (const auto& other : others) CHECK(!agents.look(other, true)->answers);
        CHECK(Clock::now() - began < 50ms);
    }  // goes while calls hang
    for (const auto& patient : hung) patient->hang(false);
}

TEST_CASE("silent agents leave half of the threads to others that are new") {
    std::vector<std::shared_ptr<Patient>> silent;
    GuestAgents agents(10ms, 4);
    std::vector<std::shared_ptr<GuestAgents::Agent>> held;
    for (int i = 0; i < 10; ++i) {
        silent.push_back(std::make_shared<Patient>());
        silent.back()->become(Reach::silent);
        held.push_back(agents.watch(way_to(silent.back())));
        REQUIRE(until([&] { return agents.look(held.back(), true)->answers == false; }));
    }
    for (const auto& patient : silent) patient->hang(true);
    const auto hangs = [](const auto& patient) {
        const std::lock_guard lock(patient->mutex);
        return patient->at_once == 1;
    };
    REQUIRE(until([&] { return std::ranges::count_if(silent, hangs) == 2; }));
    const auto fresh = std::make_shared<Patient>();
    const auto agent = agents.watch(way_to(fresh));
    CHECK(until([&] { return agents.look(agent, true)->answers == true; }, 1s));
    CHECK(std::ranges::count_if(silent, hangs) == 2);
    for (const auto& patient : silent) patient->hang(false);
}

TEST_CASE("a guest that is gone is not asked any more") {
    const auto patient = std::make_shared<Patient>();
    GuestAgents agents(10ms, 2);
    auto agent = agents.watch(way_to(patient));
    REQUIRE(until([&] { return patient->asked() >= 2; }));
    agent.reset();
    CHECK(until([&] { return patient.use_count() == 1; }));
}

TEST_CASE("a guest that is paused is silent without being asked, and asked at once when it runs again") {
    const auto patient = std::make_shared<Patient>();
    GuestAgents agents(20ms, 2);
    const auto agent = agents.watch(way_to(patient));
    REQUIRE(until([&] { return agents.look(agent, true)->answers == true; }));
    CHECK(agents.look(agent, false)->answers == false);
    CHECK(!agents.look(agent, false)->told);
    std::this_thread::sleep_for(50ms);  // the question that was under way
    const auto before = patient->asked();
    std::this_thread::sleep_for(100ms);
    CHECK(patient->asked() == before);
    CHECK(agents.look(agent, false)->answers == false);
    (void)agents.look(agent, true);
    CHECK(until([&] { return agents.look(agent, true)->answers == true; }, 500ms));
}

TEST_CASE("the book lists filesystems in the place and their values in the frame") {
    const auto patient = std::make_shared<Patient>();
    patient->reply.filesystems = GuestFilesystems{{"/", "vda1", 100, 40}, {"/srv", "xfs", {}, {}}};
    Bench bench(20ms);
    CHECK(!bench.update());  // the way is not known yet
    CHECK(!bench.report().get(0, GuestMetric::guest_agent));
    bench.way = way_to(patient);
    REQUIRE(until([&] { return bench.update(); }));
    CHECK(!bench.update());
    REQUIRE(bench.place.filesystems.size() == 2);
    CHECK(bench.place.filesystems[1].name == "/srv");
    CHECK(bench.place.filesystems[1].source == "xfs");
    const Frame& frame = bench.report();
    CHECK(frame.get(0, GuestMetric::guest_agent) == 1U);
    CHECK(frame.get(0, GuestMetric::guest_agent_age) == 0U);
    CHECK(frame.get(0, GuestMetric::filesystems_age) == 0U);
    CHECK(frame.get(0, FilesystemMetric::total_bytes) == 100U);
    CHECK(frame.get(0, FilesystemMetric::used_bytes) == 40U);
    CHECK(!frame.get(1, FilesystemMetric::total_bytes));

    patient->become(Reach::silent);
    REQUIRE(until([&] { return bench.agent() == 0U; }));
    REQUIRE(bench.place.filesystems.size() == 2);
    CHECK(bench.report().get(0, GuestMetric::guest_agent_age));
    CHECK(!bench.frame.get(0, GuestMetric::filesystems_age));
    CHECK(!bench.frame.get(0, FilesystemMetric::used_bytes));
    CHECK(bench.frame.table(Scope::Filesystem).row(0).quality == Quality::stale);

    bench.place.generation = 8;  // another run
    bench.place.filesystems.clear();
    patient->become(Reach::unreachable);
    CHECK(!bench.update());
    CHECK(!bench.report().get(0, GuestMetric::guest_agent));
}

TEST_CASE("a refusal to tell of filesystems leaves their values unknown, the agent answers") {
    const auto patient = std::make_shared<Patient>();
    Bench bench(10ms);
    bench.way = way_to(patient);
    REQUIRE(until([&] { return bench.update(); }));
    {
        const std::lock_guard lock(patient->mutex);
        patient->reply.filesystems.reset();
    }
    REQUIRE(until([&] {
        (void)bench.update();
        return !bench.report().get(0, FilesystemMetric::used_bytes);
    }));
    CHECK(bench.frame.get(0, GuestMetric::guest_agent) == 1U);
    CHECK(bench.frame.table(Scope::Filesystem).row(0).quality == Quality::unsupported);
}

TEST_CASE("an agent that nobody gets to ask any more is not known to answer") {
    const auto patient = std::make_shared<Patient>();
    Bench bench(10ms);
    bench.way = way_to(patient);
    REQUIRE(until([&] { return bench.agent() == 1U; }));
    patient->hang(true);
    CHECK(until([&] { return !bench.agent(); }, 8s));
    CHECK(bench.frame.get(0, GuestMetric::guest_agent_age).value_or(0) >= 5'000'000'000);
    CHECK(!bench.frame.get(0, FilesystemMetric::used_bytes));
    patient->hang(false);
    CHECK(until([&] { return bench.agent() == 1U; }));
}

TEST_CASE("a guest without a channel has nothing") {
    Bench bench(10ms);
    bench.way = AskAgent();
    CHECK(!bench.update());
    CHECK(!bench.agent());
    CHECK(!bench.frame.get(0, GuestMetric::guest_agent_age));
}

TEST_CASE("filesystems: by mountpoint, each once, none of the kernel's own, at most 64, nothing senseless") {
    std::vector<ToldFilesystem> told{
        {"/srv", "vdb", "xfs", 10, 3},          {"/", "vda1", "ext4", 100, 40},       {"/", "vdz", "ext4", 7, 7},
        {"/proc", "proc", "proc", {}, {}},      {"/run", "tmpfs", "tmpfs", 5, 1},     {"/snap/x/1", "loop0", "squashfs", 9, 9},
        {"D:\\", "cd", "CDFS", 9, 9},           {"", "vdc", "ext4", 9, 1},            {"/lies", "vdd", "ext4", 5, 6},
        {"C:\\", "\\\\?\\Volume", "NTFS", 8, 2}, {"/old", "", "ext3", {}, {}},
    };
    const auto watched = watched_filesystems(told);
    CHECK(watched == GuestFilesystems{{"/", "vda1", 100, 40},
                                      {"/lies", "vdd", {}, {}},
                                      {"/old", "ext3", {}, {}},
                                      {"/srv", "vdb", 10, 3},
                                      {"C:\\", "\\\\?\\Volume", 8, 2}});
    std::ranges::reverse(told);
    CHECK(watched_filesystems(told) == watched);
    told.clear();
    for (int i = 999; i >= 0; --i) told.push_back({fmt::format("/m{:03}", i), "vdb", "ext4", 10, 1});
    REQUIRE(watched_filesystems(told).size() == most_filesystems);
    CHECK(watched_filesystems(told).back().mountpoint == "/m063");
}

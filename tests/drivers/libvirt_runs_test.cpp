// Runs of guests that begin and end between two frames.
#include <doctest/doctest.h>

#include <dirent.h>
#include <algorithm>
#include <memory>
#include <thread>

#include "drivers/libvirt/library.h"
#include "drivers/libvirt/runs.h"
#include "sampler/sampler.h"

using namespace virtscope;
using namespace virtscope::libvirt;
using namespace std::chrono_literals;

namespace {

constexpr Uuid guest{{1}};

Happening at(Happened what, std::uint64_t generation, std::uint64_t ticks) {
    static const auto began = Clock::now() - 10s;
    return {what, guest, "g", generation, began + 10ms * ticks, ticks};
}

std::vector<Event> settled(Runs& runs) {
    std::vector<Event> events;
    runs.settle(events);
    return events;
}

// Starts and stops guests of libvirt's own mock, which every connection of this process shares.
class Churn {
public:
    explicit Churn(const Library& library) : library_(library), connection_(library.virConnectOpen("test:///default")) {
        for (const char* const name : {"other", "third"}) {
            const auto xml = fmt::format(
                "<domain type='test'><name>{}</name><memory>8192</memory><os><type>hvm</type></os></domain>", name);
            library_.virDomainFree(library_.virDomainDefineXMLFlags(connection_, xml.c_str(), 0));
        }
    }
    // A sampler's connection may outlive it a little and keep the mock as it is for the next test.
    ~Churn() {
        for (const char* const name : {"other", "third"}) {
            const virDomainPtr domain = library_.virDomainLookupByName(connection_, name);
            if (domain == nullptr) continue;
            (void)library_.virDomainUndefineFlags(domain, 0);
            (void)library_.virDomainFree(domain);
        }
        (void)library_.virConnectClose(connection_);
    }
    Churn(const Churn&) = delete;
    Churn& operator=(const Churn&) = delete;

    void set(const char* name, bool running) {
        const virDomainPtr domain = library_.virDomainLookupByName(connection_, name);
        REQUIRE(domain != nullptr);
        CHECK((running ? library_.virDomainCreate(domain) : library_.virDomainDestroyFlags(domain, 0)) == 0);
        (void)library_.virDomainFree(domain);
    }

private:
    const Library& library_;
    virConnectPtr connection_;
};

std::size_t entries(const char* folder) {
    std::size_t count = 0;
    const std::unique_ptr<DIR, int (*)(DIR*)> directory(::opendir(folder), ::closedir);
    while (directory != nullptr && ::readdir(directory.get()) != nullptr) ++count;
    return count;
}

std::ptrdiff_t told(const std::vector<Event>& events, EventKind kind, std::string_view name) {
    return std::ranges::count_if(events, [&](const Event& e) { return e.kind == kind && e.name == name; });
}

}  // namespace

TEST_CASE("a run that no frame shows is told when it is over") {
    Runs runs(false);
    runs.take({at(Happened::started, 5, 100), at(Happened::stopped, 0, 140)});
    const auto events = settled(runs);
    REQUIRE(events.size() == 2);
    CHECK(events[0] == Event{EventKind::guest_started, guest, "g", ""});
    CHECK(events[1] == Event{EventKind::guest_stopped, guest, "g", "ran for 0.4 s"});
    CHECK(runs.is_over(guest, 5));
    CHECK_FALSE(runs.is_over(guest, 6));
    CHECK(settled(runs).empty());
}

TEST_CASE("a run that a frame shows is the roster's to tell") {
    Runs runs(false);
    runs.take({at(Happened::started, 5, 100)});
    runs.show(guest, 5);
    CHECK(settled(runs).empty());
    runs.take({at(Happened::stopped, 0, 140), at(Happened::started, 6, 150), at(Happened::stopped, 0, 160)});
    CHECK(settled(runs).size() == 2);
}

TEST_CASE("a process is the run that started with it") {
    Runs runs(true);
    // The first start was before anyone listened.
    runs.take({at(Happened::stopped, 0, 100), at(Happened::started, 6, 120), at(Happened::stopped, 0, 130),
               at(Happened::started, 7, 150)});
    runs.show(guest, 90);
    CHECK(settled(runs).size() == 2);
    runs.show(guest, 145);
    runs.take({at(Happened::stopped, 0, 160)});
    CHECK(settled(runs).empty());
}

TEST_CASE("a run that a frame shows before its start is told is that one") {
    for (const bool processes : {false, true}) {
        Runs runs(processes);
        runs.show(guest, processes ? 90 : 5);
        CHECK(settled(runs).empty());
        runs.take({at(Happened::started, 5, 100), at(Happened::stopped, 0, 140)});
        CHECK(settled(runs).empty());
        runs.take({at(Happened::started, 6, 150), at(Happened::stopped, 0, 160)});
        CHECK(settled(runs).size() == 2);
    }
}

TEST_CASE("what a lost connection may have hidden is not made up") {
    Runs runs(false);
    runs.take({at(Happened::started, 5, 100), {}, at(Happened::stopped, 0, 300)});
    CHECK(settled(runs).empty());
    CHECK_FALSE(runs.is_over(guest, 5));
}

TEST_CASE("twenty guests started and stopped a second: every run is told once, whoever shows it") {
    const auto library = load_library();
    REQUIRE(library.has_value());
    Churn churn(**library);
    auto sampler = Sampler::open({.uris = {"libvirt+test:///default"}});
    REQUIRE(sampler.has_value());
    Frame frame;
    std::vector<Event> events;
    const auto sample = [&] {
        (*sampler)->sample(frame);
        events.insert(events.end(), frame.events.begin(), frame.events.end());
    };
    for (int i = 0; i < 3; ++i) sample();
    REQUIRE(frame.roster->guests.size() == 3);
    CHECK(frame.roster->host.hypervisor.starts_with("TEST"));
    // A leak would be one a run.
    const std::size_t files = entries("/proc/self/fd");
    const std::size_t threads = entries("/proc/self/task");
    constexpr int rounds = 60;
    std::thread orders([&] {
        for (int i = 0; i < rounds; ++i) {
            const char* const name = i % 2 == 0 ? "other" : "third";
            churn.set(name, true);
            std::this_thread::sleep_for(i % 5 == 0 ? 160ms : 10ms);  // some last longer than a tick
            churn.set(name, false);
            std::this_thread::sleep_for(15ms);
        }
    });
    const auto end = Clock::now() + 4s;
    for (auto next = Clock::now(); next < end; next += 100ms) {
        std::this_thread::sleep_until(next);
        sample();
    }
    orders.join();
    for (int i = 0; i < 5; ++i) {
        std::this_thread::sleep_for(50ms);
        sample();
    }
    for (const char* const name : {"other", "third"}) {
        CHECK(told(events, EventKind::guest_started, name) == rounds / 2);
        CHECK(told(events, EventKind::guest_stopped, name) == rounds / 2);
    }
    CHECK(told(events, EventKind::guest_started, "test") == 0);
    CHECK(told(events, EventKind::guest_stopped, "test") == 0);
    CHECK(entries("/proc/self/fd") < files + 5);
    CHECK(entries("/proc/self/task") < threads + 5);
}

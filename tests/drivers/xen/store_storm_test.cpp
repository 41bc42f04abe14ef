#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>

#include "core/clock.h"
#include "store_watcher.h"

using namespace virtscope;
using namespace virtscope::test;
using namespace std::chrono_literals;
using xen::DomainFacts;
using xen::DomainKey;

namespace {

const std::string disk = "/local/domain/0/backend/vbd/1/51712";

struct Cost {
    double seconds = 0;
    double store_cpu = 0;  // the store's threads'
    double fake_cpu = 0;
    std::uint64_t events = 0;
    std::uint64_t reads = 0;
    int renames = 0;
    std::int64_t state_ns = 0;  // to take a state: the median
};

std::int64_t median_state(const xen::Store& store) {
    std::vector<std::int64_t> times;
    for (int i = 0; i < 10'000; ++i) {
        const std::int64_t before = clock_ns(CLOCK_MONOTONIC);
        (void)store.state();
        times.push_back(clock_ns(CLOCK_MONOTONIC) - before);
    }
    std::ranges::nth_element(times, times.begin() + 5'000);
    return times[5'000];
}

// What two seconds with so many events on `path` cost, while a domain that is not meant is renamed and states are taken.
Cost storm(FakeXenstore& xenstored, const xen::Store& store, const std::string& path, std::uint64_t per_second) {
    const std::int64_t began = clock_ns(CLOCK_MONOTONIC);
    const std::int64_t own = clock_ns(CLOCK_THREAD_CPUTIME_ID);
    const std::int64_t all = clock_ns(CLOCK_PROCESS_CPUTIME_ID);
    const auto fake = xenstored.cpu();
    const std::uint64_t events = xenstored.events();
    const std::uint64_t reads = xenstored.reads(disk + "/params");
    Cost cost;
    xenstored.storm(path, per_second);
    while (clock_ns(CLOCK_MONOTONIC) - began < 2'000'000'000) {
        const std::string name = std::to_string(cost.renames);
        xenstored.write("/local/domain/2/name", name);
        REQUIRE(eventually([&] {
            return find(store.state(), 2)->name == name;
        }));
        ++cost.renames;
    }
    cost.state_ns = median_state(store);
    xenstored.storm(path, 0);
    cost.seconds = static_cast<double>(clock_ns(CLOCK_MONOTONIC) - began) / 1e9;
    cost.events = xenstored.events() - events;
    cost.reads = xenstored.reads(disk + "/params") - reads;
    cost.fake_cpu = static_cast<double>((xenstored.cpu() - fake).count()) / 1e9;
    cost.store_cpu = static_cast<double>(clock_ns(CLOCK_PROCESS_CPUTIME_ID) - all) / 1e9 - cost.fake_cpu -
                     static_cast<double>(clock_ns(CLOCK_THREAD_CPUTIME_ID) - own) / 1e9;
    std::printf("storm on %s: %.0f events/s, %llu re-readings, %d renames seen, a state in %lld ns; CPU store %.2f s, fake %.2f s of %.1f s\n",
                path.c_str(), static_cast<double>(cost.events) / cost.seconds, static_cast<unsigned long long>(cost.reads),
                cost.renames, static_cast<long long>(cost.state_ns), cost.store_cpu, cost.fake_cpu, cost.seconds);
    return cost;
}

}  // namespace

TEST_CASE("xen store: a storm of watches costs what it takes to drop them, and changes are seen through it") {
    FakeXenstore xenstored;
    xenstored.add_domain({.domid = 1, .uuid = uuid_of(1), .name = "loud"});
    xenstored.add_domain({.domid = 2, .uuid = uuid_of(2), .name = "quiet"});
    const auto store = xen::Store::open();
    const std::vector<DomainKey> keys{{1, uuid_of(1)}, {2, uuid_of(2)}};
    store->follow(keys);
    REQUIRE(eventually([&] { return store->state()->domains.size() == 2; }));

    SUBCASE("on a node that is not read") {
        const Cost cost = storm(xenstored, *store, disk + "/state", 100'000);
        CHECK(cost.reads == 0);
        CHECK(cost.renames > 0);
        CHECK(cost.state_ns < 100'000);
        CHECK(cost.store_cpu < 8 * cost.fake_cpu);
    }
    SUBCASE("on a node that is read") {
        const Cost cost = storm(xenstored, *store, disk + "/sectors", 100'000);
        CHECK(cost.reads > 0);
        CHECK(static_cast<double>(cost.reads) <= 10 * cost.seconds + 2);
        CHECK(cost.renames > 0);
        CHECK(cost.state_ns < 100'000);
        CHECK(cost.store_cpu < 8 * cost.fake_cpu);
    }
    // When it is over the last word is the right one.
    xenstored.write(disk + "/sectors", "8");
    CHECK(eventually(*store, 1, [](const DomainFacts& facts) { return facts.vbds[0].capacity == 4096; }));
}

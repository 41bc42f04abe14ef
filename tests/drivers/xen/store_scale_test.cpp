#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>

#include "core/clock.h"
#include "store_watcher.h"

using namespace virtscope;
using namespace virtscope::test;
using xen::DomainFacts;
using xen::DomainKey;

TEST_CASE("xen store: a thousand domains") {
    constexpr std::uint32_t domains = 1000;
    FakeXenstore xenstored;
    std::vector<DomainKey> keys;
    for (std::uint32_t domid = 1; domid <= domains; ++domid) {
        xenstored.add_domain({.domid = domid, .uuid = uuid_of(domid), .name = "guest" + std::to_string(domid), .disks = 2, .networks = 2});
        keys.push_back({domid, uuid_of(domid)});
    }
    const auto store = xen::Store::open();
    const auto until_known = [&](const std::function<bool(const DomainFacts&)>& condition) {
        const std::int64_t began = clock_ns(CLOCK_MONOTONIC);
        CHECK(eventually([&] {
            const auto state = store->state();
            return state->domains.size() == domains && std::ranges::all_of(state->domains, condition);
        }, std::chrono::seconds(60)));
        return static_cast<double>(clock_ns(CLOCK_MONOTONIC) - began) / 1e6;
    };
    store->follow(keys);
    const double first = until_known([](const DomainFacts& facts) { return facts.vbds.size() == 2 && facts.vifs.size() == 2; });
    const std::uint64_t asked = xenstored.requests();
    for (std::uint32_t domid = 1; domid <= domains; ++domid) {
        xenstored.write("/local/domain/" + std::to_string(domid) + "/memory/target", "4096");
    }
    const double changed = until_known([](const DomainFacts& facts) { return facts.memory_target == 4194304U; });
    std::printf("1000 domains: first read in %.0f ms with %llu questions; new targets of all seen after %.0f ms\n", first,
                static_cast<unsigned long long>(asked), changed);
    CHECK(asked < 40 * domains);
}

#include <doctest/doctest.h>
#include <net/if.h>
#include <unistd.h>

#include "collectors/collector.h"
#include "tests/collectors/allocations.h"
#include "tests/collectors/support.h"

using namespace virtscope;
using namespace virtscope::test;

TEST_CASE("once warm, collectors allocate nothing") {
    if (!counts_allocations) {
        MESSAGE("SKIPPED: the sanitizer has its own operator new; other builds count");
        return;
    }
    const std::size_t at_first = allocations();
    auto process = Process::open("/proc", ::getpid());
    REQUIRE(process.has_value());
    Place place;
    auto clock = TaskClock::open(*process, ::getpid());
    REQUIRE(clock.has_value());
    place.vcpus.push_back({0, TaskPlace{::getpid(), std::move(*clock)}});
    place.process = std::make_shared<Process>(std::move(*process));
    place.nics.push_back({"lo", 0, static_cast<int>(::if_nametoindex("lo")), ""});
    std::vector<Place> places;
    places.push_back(std::move(place));
    Scene scene(std::move(places));
    for (const auto& collector : all_collectors({})) {
        CAPTURE(collector->name());
        scene.first_tick(*collector);
        const std::size_t before = allocations();
        REQUIRE(before > at_first);  // the counter counts
        for (int tick = 0; tick < 200; ++tick) scene.tick(*collector);
        CHECK(allocations() == before);
    }
}

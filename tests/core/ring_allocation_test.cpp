// publish() allocates nothing once warm: the agent's tick must not depend on the allocator's mood.
// A program of its own, because it replaces operator new.
#include <cstdlib>
#include <new>

#include <doctest/doctest.h>

#include "core/ring/writer.h"
#include "tests/core/sample.h"

namespace {
std::size_t allocations = 0;
}

void* operator new(std::size_t size) {
    ++allocations;
    if (void* const memory = std::malloc(size)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

using namespace virtscope;

TEST_CASE("publish allocates nothing once it has met frame and roster of that size") {
    const sample::Directory dir;
    auto ring = RingWriter::open(dir.file("ring"), 256 << 10);
    REQUIRE(ring);
    const RosterPtr rosters[] = {sample::roster(5, 1), sample::roster(5, 2)};
    Frame frame = sample::frame(3, rosters[0], true);
    for (int i = 0; i < 4; ++i) {
        frame.roster = rosters[i % 2];
        REQUIRE(ring->publish(frame));
    }
    const std::size_t before = allocations;
    bool good = true;
    for (int i = 0; i < 2000; ++i) {  // several laps, rosters repeated and changed
        frame.roster = rosters[i / 10 % 2];
        good = ring->publish(frame).has_value() && good;
    }
    CHECK(allocations == before);
    CHECK(good);
    CHECK(ring->bytes_written() > 3 * (256 << 10));
}

#include "top/view/sort.h"

#include <doctest/doctest.h>

#include "builder.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

using Rows = std::vector<std::size_t>;

// Four guests, each first by another key; the last has no CPU figures at all.
Pair four() {
    Pair pair({{.name = "delta", .id = 7},
               {.name = "alpha", .id = 30},
               {.name = "charlie", .id = 9},
               {.name = "bravo", .id = 100}});
    const std::uint64_t busy[] = {300, 100, 200};
    const std::uint64_t long_ago[] = {0, 9000, 5000};
    for (std::size_t guest = 0; guest < 3; ++guest) {
        pair.before.set(guest, GuestMetric::cpu_time, long_ago[guest]);
        pair.now.set(guest, GuestMetric::cpu_time, long_ago[guest] + busy[guest]);
    }
    pair.before.table(Scope::Guest).row(3).present = 0;
    pair.now.table(Scope::Guest).row(3).present = 0;
    pair.now.set(3, GuestMetric::state, static_cast<std::uint64_t>(GuestState::running));
    pair.now.set(2, GuestMetric::memory_balloon, 1ULL << 30);
    return pair;
}

Rows by(SortKey key) { return order(four().picture().pair, key, false, 0, 4); }

}  // namespace

TEST_CASE("each key has its order; what is not known comes last") {
    CHECK(by(SortKey::cpu) == Rows{0, 2, 1, 3});
    CHECK(by(SortKey::time) == Rows{1, 2, 0, 3});
    CHECK(by(SortKey::memory) == Rows{2, 0, 1, 3});
    CHECK(by(SortKey::id) == Rows{0, 2, 1, 3});  // as numbers: 9 before 30 before 100
    CHECK(by(SortKey::name) == Rows{1, 3, 2, 0});
}

TEST_CASE("block keys follow what the columns show") {
    Pair pair({{.name = "requests"}, {.name = "bytes", .id = 2}});
    pair.now.set(0, DiskMetric::read_ops, 50);
    pair.now.set(1, DiskMetric::read_bytes, 1 << 20);
    const Picture picture = pair.picture();
    CHECK(order(picture.pair, SortKey::block_read, false, 0, 2) == Rows{0, 1});
    CHECK(order(picture.pair, SortKey::block_read, true, 0, 2) == Rows{1, 0});
}

TEST_CASE("any window is the same part of the whole order") {
    const Picture picture = many(57).picture();
    const Rows whole = order(picture.pair, SortKey::cpu, false, 0, 1000);
    REQUIRE(whole.size() == 57);
    CHECK(whole.front() == 56);
    for (std::size_t first = 0; first <= 60; first += 7) {
        const Rows part = order(picture.pair, SortKey::cpu, false, first, 10);
        const std::size_t from = std::min<std::size_t>(first, 57);
        CHECK(part == Rows(whole.begin() + static_cast<std::ptrdiff_t>(from),
                           whole.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(from + 10, 57))));
    }
}

TEST_CASE("every name of a key is found, others are not") {
    for (const SortName& name : sort_names()) CHECK(sort_by_name(name.option) == name.key);
    CHECK_FALSE(sort_by_name("CPU"));
    CHECK_FALSE(sort_by_name(""));
    CHECK(sort_title(SortKey::memory) == "%MEM");
}

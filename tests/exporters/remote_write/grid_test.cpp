#include "exporters/remote_write/grid.h"

#include <doctest/doctest.h>

#include <vector>

using namespace virtscope::exporters::remote_write;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;

std::vector<std::int64_t> taken(Grid& grid, std::int64_t from, std::int64_t to, std::int64_t step = second) {
    std::vector<std::int64_t> all;
    for (std::int64_t time = from; time <= to; time += step) {
        if (grid.takes(time)) all.push_back(time / second);
    }
    return all;
}

using Times = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("one frame an interval, the first of each, wherever one begins") {
    Grid grid(15s, {});
    CHECK(taken(grid, 1007 * second, 1060 * second) == Times{1007, 1020, 1035, 1050});
    Grid wide(15s, {});
    CHECK(taken(wide, 1007 * second, 1130 * second, 40 * second) == Times{1007, 1047, 1087, 1127});
}

TEST_CASE("a restart takes the same frames, none twice") {
    for (std::int64_t stop = 1007; stop < 1050; ++stop) {
        Grid before(15s, {});
        Times all = taken(before, 1007 * second, stop * second);
        Grid after(15s, all.back() * second);
        // The cursor goes on behind the last that was exported.
        const Times rest = taken(after, (all.back() + 1) * second, 1060 * second);
        all.insert(all.end(), rest.begin(), rest.end());
        CHECK(all == Times{1007, 1020, 1035, 1050});
    }
}

TEST_CASE("time that comes again is left out and counted, unless it was hours ahead") {
    Grid grid(10s, {});
    CHECK(taken(grid, 1000 * second, 1050 * second).size() == 6);
    CHECK(taken(grid, 1020 * second, 1060 * second) == Times{1060});
    CHECK(grid.in_the_past() == 30);
    CHECK(grid.takes(1'000'000 * second));
    CHECK(taken(grid, 1061 * second, 1075 * second) == Times{1061, 1070});
}

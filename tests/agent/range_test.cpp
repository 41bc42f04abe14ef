#include "agent/ctl/range.h"

#include <limits>

#include <doctest/doctest.h>

using namespace virtscope;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t newest = 1'700'000'000 * second;

Request request(const char* from, const char* to) {
    Request made;
    made.from = from;
    made.to = to;
    return made;
}

}  // namespace

TEST_CASE("range: ends with the ring, begins so much before or with it") {
    CHECK(range_of({}, newest, 10min)->to == newest);
    CHECK(range_of({}, newest, 10min)->from == newest - 600 * second);
    CHECK(range_of({}, newest, 0s)->from == TimeRange{}.from);
    const auto given = range_of(request("@1600000000", "@1600000060"), newest, 10min);
    CHECK(given->from == 1'600'000'000 * second);
    CHECK(given->to == 1'600'000'060 * second);
    CHECK(range_of(request("", "@1600000000"), newest, 10min)->from == 1'599'999'400 * second);
    // Not beyond the ring: 10 minutes of what is there.
    CHECK(range_of(request("", "@1800000000"), newest, 10min)->from == newest - 600 * second);
}

TEST_CASE("range: what makes no sense is refused, what a file claims is no danger") {
    CHECK(range_of(request("nonsense", ""), newest, 0s).error().message.starts_with("--from: "));
    CHECK(range_of(request("", "nonsense"), newest, 0s).error().message.starts_with("--to: "));
    CHECK(range_of(request("@1600000060", "@1600000000"), newest, 0s).error().message.find("is after --to") !=
          std::string::npos);
    CHECK(range_of(request("@1800000000", ""), newest, 0s)->to == 1'800'000'000 * second);
    CHECK(range_of({}, std::numeric_limits<std::int64_t>::min(), 10min).has_value());
}

#include "top/options/end_time.h"

#include <doctest/doctest.h>

#include "builder.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t now = 1'700'065'721 * second;  // 2023-11-15 16:28:41 UTC

std::int64_t seconds_from_now(std::string_view text) {
    const auto end = parse_end_time(text, now);
    REQUIRE(end);
    return (end->from(now) - now) / second;
}

}  // namespace

TEST_CASE("an end time is written as virt-top takes it") {
    CHECK(seconds_from_now("+90") == 90);
    CHECK(seconds_from_now("+0") == 0);
    CHECK(seconds_from_now("+01:30:00") == 5400);
    CHECK(seconds_from_now("+100:00:01") == 360'001);
    CHECK(seconds_from_now("16:30:00") == 79);
    CHECK(seconds_from_now("16:30") == 79);
    CHECK(seconds_from_now("03:00:00") == 3 * 3600 - (16 * 3600 + 28 * 60 + 41));  // of today, so it is over
    CHECK(seconds_from_now("2023-11-16 16:28:41") == 86'400);
    CHECK(seconds_from_now("2023-11-15T16:28:51Z") == 10);
    CHECK(parse_end_time("+0.5", now)->nanoseconds == second / 2);
    // Relative to a start that may be of the past.
    CHECK(parse_end_time("+60", now)->from(1000 * second) == 1060 * second);
    CHECK(parse_end_time("16:30:00", now)->from(1000 * second) == now + 79 * second);
}

TEST_CASE("what is no end time is named") {
    for (const char* bad : {"", "+", "+x", "+-5", "+1:60:00", "+nan", "24:00:00", "12:60", "5", "10 min ago",
                            "tomorrow", "2023-13-01 00:00:00", "+1e9", "1:2:3:4", ":::"}) {
        CAPTURE(bad);
        const auto end = parse_end_time(bad, now);
        REQUIRE_FALSE(end);
        CHECK(end.error().message ==
              "'" + std::string(bad) +
                  "': must be \"YYYY-MM-DD HH:MM:SS\", HH:MM:SS (today), +HH:MM:SS or +SECONDS (from now)");
    }
    CHECK(parse_end_time("\x1b[2J", now).error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("the last wait is as long as is left") {
    CHECK_FALSE(wait_until(std::nullopt, now, 3s).is_last);
    CHECK_FALSE(wait_until(now + 10 * second, now, 3s).is_last);
    CHECK(wait_until(now + 10 * second, now, 3s).time == 3s);
    const Wait last = wait_until(now + 2 * second, now, 3s);
    CHECK(last.is_last);
    CHECK(last.time == 2s);
    CHECK(wait_until(now - second, now, 3s).time == 0s);
}

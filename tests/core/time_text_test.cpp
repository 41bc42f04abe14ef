#include "core/time_text.h"

#include <cstdlib>
#include <ctime>
#include <string>

#include <doctest/doctest.h>

using namespace virtscope;

namespace {

constexpr std::int64_t second = 1'000'000'000;
constexpr std::int64_t minute = 60 * second;
constexpr std::int64_t hour = 60 * minute;
constexpr std::int64_t day = 24 * hour;

// The process's time zone, put back with the object.
class Zone {
public:
    explicit Zone(const char* name) {
        const char* const before = std::getenv("TZ");
        if (before != nullptr) before_ = before;
        had_ = before != nullptr;
        ::setenv("TZ", name, 1);
        ::tzset();
    }
    ~Zone() {
        if (had_) {
            ::setenv("TZ", before_.c_str(), 1);
        } else {
            ::unsetenv("TZ");
        }
        ::tzset();
    }
    Zone(const Zone&) = delete;
    Zone& operator=(const Zone&) = delete;

private:
    std::string before_;
    bool had_ = false;
};

// Rules rather than names: a machine without zone files knows them too.
constexpr const char* berlin = "CET-1CEST,M3.5.0,M10.5.0/3";

std::int64_t utc(int year, int month, int date, int hours = 0, int minutes = 0, int seconds = 0) {
    std::tm parts{};
    parts.tm_year = year - 1900;
    parts.tm_mon = month - 1;
    parts.tm_mday = date;
    parts.tm_hour = hours;
    parts.tm_min = minutes;
    parts.tm_sec = seconds;
    return std::int64_t{::timegm(&parts)} * second;
}

const std::int64_t now = utc(2026, 11, 24, 12, 30, 0) + 250'000'000;

std::int64_t parsed(const std::string& text, std::int64_t at = now) {
    const auto time = parse_time(text, at);
    REQUIRE_MESSAGE(time.has_value(), (time ? "" : time.error().message));
    return *time;
}

std::string refused(const std::string& text) {
    const auto time = parse_time(text, now);
    CHECK_MESSAGE(!time.has_value(), text);
    if (time) return "";
    CHECK(time.error().kind == ErrorKind::malformed);
    CHECK(time.error().message.find('\n') == std::string::npos);
    CHECK(time.error().message.find("10 min ago") != std::string::npos);
    return time.error().message;
}

}  // namespace

TEST_CASE("time: now and some time ago") {
    CHECK(parsed("now") == now);
    CHECK(parsed("  NOW ") == now);
    CHECK(parsed("10 min ago") == now - 10 * minute);
    CHECK(parsed("10min") == now - 10 * minute);
    CHECK(parsed("-10m") == now - 10 * minute);
    CHECK(parsed("2 days 3 hr ago") == now - 2 * day - 3 * hour);
    CHECK(parsed("2 days, 3 hours ago") == now - 2 * day - 3 * hour);
    CHECK(parsed("3d2h") == now - 3 * day - 2 * hour);
    CHECK(parsed("3d 2h") == now - 3 * day - 2 * hour);
    CHECK(parsed("1 week ago") == now - 7 * day);
    CHECK(parsed("1.5 hours ago") == now - 90 * minute);
    CHECK(parsed("90 Seconds Ago") == now - 90 * second);
    CHECK(parsed("500ms ago") == now - second / 2);
    CHECK(parsed("0s") == now);
}

TEST_CASE("time: seconds since the epoch") {
    CHECK(parsed("1795485800") == 1'795'485'800 * second);
    CHECK(parsed("@1795485800") == 1'795'485'800 * second);
    CHECK(parsed("@1795485800.5") == 1'795'485'800 * second + second / 2);
    CHECK(parsed("1795485800.000000001") == 1'795'485'800 * second + 1);
    CHECK(parsed("1795485800.0000000019") == 1'795'485'800 * second + 1);
    CHECK(parsed("@0") == 0);
    CHECK(parsed("@9223372035") == 9'223'372'035 * second);
}

TEST_CASE("time: days and times of day") {
    const Zone zone("UTC");
    CHECK(parsed("today") == utc(2026, 11, 24));
    CHECK(parsed("today 03:12") == utc(2026, 11, 24, 3, 12));
    CHECK(parsed("today 23:00") == utc(2026, 11, 24, 23));
    CHECK(parsed("yesterday 23:59:30") == utc(2026, 11, 23, 23, 59, 30));
    CHECK(parsed("Yesterday") == utc(2026, 11, 23));
    CHECK(parsed("03:12") == utc(2026, 11, 24, 3, 12));
    CHECK(parsed("3:12") == utc(2026, 11, 24, 3, 12));
    CHECK(parsed("12:30") == utc(2026, 11, 24, 12, 30));
    CHECK(parsed("12:31") == utc(2026, 11, 23, 12, 31));
    CHECK(parsed("12:30:00.25") == now);
    CHECK(parsed("12:30:00.26") == now + second / 100 - day);
    CHECK(parsed("00:00", utc(2026, 1, 1)) == utc(2026, 1, 1));
    CHECK(parsed("00:01", utc(2026, 1, 1)) == utc(2025, 12, 31, 0, 1));
}

TEST_CASE("time: dates with a month's name take the latest year that fits") {
    const Zone zone("UTC");
    CHECK(parsed("Nov 23 03:12") == utc(2026, 11, 23, 3, 12));
    CHECK(parsed("23 Nov 03:12") == utc(2026, 11, 23, 3, 12));
    CHECK(parsed("november 23") == utc(2026, 11, 23));
    CHECK(parsed("Nov 24 13:00") == utc(2025, 11, 24, 13));
    CHECK(parsed("Dec 31 23:59:59") == utc(2025, 12, 31, 23, 59, 59));
    CHECK(parsed("Nov 23 2024 03:12") == utc(2024, 11, 23, 3, 12));
    CHECK(parsed("Nov 23, 2024") == utc(2024, 11, 23));
    CHECK(parsed("1 May 2026") == utc(2026, 5, 1));
    CHECK(parsed("Feb 29") == utc(2024, 2, 29));
    CHECK(parsed("Feb 29 06:00", utc(2104, 2, 1)) == utc(2096, 2, 29, 6));
}

TEST_CASE("time: ISO dates, with and without a zone") {
    const Zone zone(berlin);
    CHECK(parsed("2026-11-23 03:12") == utc(2026, 11, 23, 2, 12));
    CHECK(parsed("2026-11-23 03:12:05") == utc(2026, 11, 23, 2, 12, 5));
    CHECK(parsed("2026-11-23 03:12:05.123") == utc(2026, 11, 23, 2, 12, 5) + 123'000'000);
    CHECK(parsed("2026-11-23") == utc(2026, 11, 22, 23));
    CHECK(parsed("2026-07-23 03:12") == utc(2026, 7, 23, 1, 12));
    CHECK(parsed("2026-11-23T03:12:05Z") == utc(2026, 11, 23, 3, 12, 5));
    CHECK(parsed("2026-11-23t03:12:05.5z") == utc(2026, 11, 23, 3, 12, 5) + second / 2);
    CHECK(parsed("2026-11-23 03:12 UTC") == utc(2026, 11, 23, 3, 12));
    CHECK(parsed("2026-11-23T03:12:05+01:00") == utc(2026, 11, 23, 2, 12, 5));
    CHECK(parsed("2026-11-23T03:12:05-0530") == utc(2026, 11, 23, 8, 42, 5));
    CHECK(parsed("2026-11-23T03:12+01") == utc(2026, 11, 23, 2, 12));
    CHECK(parsed("2030-01-01") == utc(2029, 12, 31, 23));
    CHECK(parsed("1970-01-01T00:00Z") == 0);
    CHECK(parsed("2262-01-01T00:00Z") == utc(2262, 1, 1));
}

TEST_CASE("time: the zone's summer time is kept apart from days of 24 hours") {
    const Zone zone(berlin);
    const std::int64_t after_spring = utc(2026, 3, 29, 10);  // 12:00 summer time; at 02:00 clocks went to 03:00
    CHECK(parsed("yesterday 12:00", after_spring) == utc(2026, 3, 28, 11));
    CHECK(parsed("1 day ago", after_spring) == utc(2026, 3, 28, 10));
    CHECK(parsed("today 01:30", after_spring) == utc(2026, 3, 29, 0, 30));
    CHECK(parsed("today 03:30", after_spring) == utc(2026, 3, 29, 1, 30));
    CHECK(parsed("today 02:30", after_spring) == utc(2026, 3, 29, 1, 30));  // there was none: the hour after
    const std::int64_t after_autumn = utc(2026, 10, 25, 11);                // 12:00; at 03:00 clocks went back to 02:00
    CHECK(parsed("today", after_autumn) == utc(2026, 10, 24, 22));
    CHECK(parsed("today 04:00", after_autumn) == utc(2026, 10, 25, 3));
    CHECK(parsed("yesterday 04:00", after_autumn) == utc(2026, 10, 24, 2));
    CHECK(parsed("23:59", after_autumn) == utc(2026, 10, 24, 21, 59));
}

TEST_CASE("time: nonsense is refused with what is wrong and examples") {
    for (const char* text : {"",
                             "   ",
                             "soon",
                             "10",
                             "ago",
                             "min ago",
                             "10 ago",
                             "1h 10 ago",
                             "-",
                             "--10m",
                             "10 min from now",
                             "+10m",
                             "in 10 min",
                             "10 lightyears ago",
                             "@",
                             "@x",
                             "1e9",
                             "0x1795485800",
                             "1795485800s",
                             "12345678",
                             "nan",
                             "inf",
                             "today today",
                             "today 3",
                             "tomorrow",
                             "3 pm",
                             "03:1",
                             "1:2:3",
                             "003:12",
                             "03:12:05.",
                             ":",
                             "::",
                             "2026-11",
                             "2026-11-",
                             "2026/11/23",
                             "26-11-23",
                             "2026-11-23T",
                             "2026-11-23T03",
                             "2026-11-23 03:12 CET",
                             "2026-11-23 03:12:05 +",
                             "2026-11-23-03:12",
                             "Foo 23",
                             "No 23",
                             "Nov",
                             "Nov 23 26",
                             "yesterdayish",
                             "now now",
                             "\x1b[31m",
                             "\xff\xfe",
                             "10 min ago\n",
                             "%s%n",
                             "03:12Z",
                             "today 03:12Z",
                             "2026-11-23Z"}) {
        CAPTURE(text);
        refused(text);
    }
    CHECK(refused("2026-02-30").find("no such day") != std::string::npos);
    CHECK(refused("Feb 30").find("no such day") != std::string::npos);
    CHECK(refused("Feb 29 2026").find("no such day") != std::string::npos);
    CHECK(refused("2026-13-01").find("no such day") != std::string::npos);
    CHECK(refused("2026-00-01").find("no such day") != std::string::npos);
    CHECK(refused("25:00").find("25:00") != std::string::npos);
    CHECK(refused("24:00").find("24:00") != std::string::npos);
    CHECK(refused("today 03:60").find("03:60") != std::string::npos);
    CHECK(refused("03:12:60").find("03:12:60") != std::string::npos);
    CHECK(refused("2026-11-23T03:12+15:00").find("+15:00") != std::string::npos);
    CHECK(refused("Nix 23").find("'nix' is no month") != std::string::npos);
    CHECK(refused("\x1b[31m").find('\x1b') == std::string::npos);
}

TEST_CASE("time: what does not fit is refused, not wrapped") {
    for (const char* text : {"@9223372036", "@9223372037", "@99999999999999999999", "99999999999999999999",
                             "2263-01-01", "9999-12-31", "2262-12-31", "Nov 23 9999"}) {
        CAPTURE(text);
        CHECK(refused(text).find("after 2262") != std::string::npos);
    }
    for (const char* text :
         {"999999999 days ago", "999999999 weeks", "100000d", "1969-12-31", "0000-01-01", "1970-01-01T00:00+01:00"}) {
        CAPTURE(text);
        CHECK(refused(text).find("before 1970") != std::string::npos);
    }
    refused("9999999999 s ago");
    refused(std::string(100'000, '1'));
    refused(std::string(100'000, ' ') + "x" + std::string(100'000, 'd'));
    refused("1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d1d");
}

TEST_CASE("time: shown as a clock on the wall shows it") {
    const Zone zone(berlin);
    CHECK(local_time(utc(2026, 11, 23, 2, 12, 5)) == "2026-11-23 03:12:05");
    CHECK(local_time(utc(2026, 7, 23, 2, 12, 5) + 7'000'000, true) == "2026-07-23 04:12:05.007");
    CHECK(local_zone(utc(2026, 11, 23)) == "CET");
    CHECK(local_zone(utc(2026, 7, 23)) == "CEST");
    CHECK(parsed(local_time(now - now % second)) == now - now % second);
}

// Threshold ranges: every form of the guidelines, every boundary, and what must be refused.
#include <doctest/doctest.h>

#include <clocale>
#include <cmath>
#include <limits>
#include <string>

#include "plugins/terms/range.h"

using namespace virtscope::checks;

namespace {

bool alerts(const char* text, double value) {
    const auto range = parse_range(text);
    REQUIRE_MESSAGE(range, text);
    return range->alerts(value);
}

Status judge(const char* warning, const char* critical, std::optional<double> value) {
    Thresholds thresholds;
    if (warning != nullptr) thresholds.warning = *parse_range(warning);
    if (critical != nullptr) thresholds.critical = *parse_range(critical);
    return thresholds.judge(value);
}

}  // namespace

TEST_CASE("10 alerts outside 0 … 10, both ends belonging to the range") {
    CHECK(alerts("10", -0.001));
    CHECK_FALSE(alerts("10", 0));
    CHECK_FALSE(alerts("10", 10));
    CHECK(alerts("10", 10.001));
    CHECK_FALSE(alerts(":10", 0));
    CHECK(alerts(":10", -1));
    CHECK_FALSE(alerts("0", 0));
    CHECK(alerts("0", 0.5));
}

TEST_CASE("10: alerts below 10") {
    CHECK(alerts("10:", 9.999));
    CHECK_FALSE(alerts("10:", 10));
    CHECK_FALSE(alerts("10:", 1e300));
}

TEST_CASE("~:10 alerts above 10, ~: never") {
    CHECK_FALSE(alerts("~:10", -1e300));
    CHECK_FALSE(alerts("~:10", 10));
    CHECK(alerts("~:10", 10.5));
    CHECK_FALSE(alerts("~:", 1e300));
    CHECK_FALSE(alerts("~:", -1e300));
}

TEST_CASE("10:20 alerts outside, @10:20 inside, ends included") {
    CHECK(alerts("10:20", 9.9));
    CHECK_FALSE(alerts("10:20", 10));
    CHECK_FALSE(alerts("10:20", 20));
    CHECK(alerts("10:20", 20.1));
    CHECK_FALSE(alerts("@10:20", 9.9));
    CHECK(alerts("@10:20", 10));
    CHECK(alerts("@10:20", 20));
    CHECK_FALSE(alerts("@10:20", 20.1));
    CHECK(alerts("@10", 0));
    CHECK(alerts("@~:0", -5));
    CHECK_FALSE(alerts("5:5", 5));
}

TEST_CASE("numbers are decimals, negative ones too") {
    CHECK_FALSE(alerts("-5.5:-1", -5.5));
    CHECK(alerts("-5.5:-1", -0.5));
    CHECK_FALSE(alerts(".5:.75", 0.5));
    CHECK_FALSE(alerts("95.5", 95.5));
}

TEST_CASE("what is no range is refused") {
    for (const char* const text :
         {"", ":", "@", "@:", "x", "10x", "10%", "1,5", "1e3", "0x10", "nan", "NaN:", "inf", "~:inf", "-inf:", "20:10",
          "1:2:3", "~", "10:~", "~10", "@@1", "+5", "--5", "1.2.3", " 10", "10 ", "1 0", "-", ".", "10:20@", "5:-1"}) {
        CHECK_MESSAGE(!parse_range(text), text);
    }
    CHECK_FALSE(parse_range(std::string(400, '9')));           // overflows a double
    CHECK_FALSE(parse_range("~:" + std::string(400, '9')));
    CHECK_FALSE(parse_range(std::string_view("10\0", 3)));
    CHECK(parse_range("1x|y\n").error().message.find('\n') == std::string::npos);
}

TEST_CASE("the decimal point does not depend on the locale") {
    // Where that locale is not installed the test still says that a comma is no decimal point.
    std::setlocale(LC_ALL, "de_DE.UTF-8");
    CHECK_FALSE(alerts("1.5:2.5", 1.5));
    CHECK_FALSE(parse_range("1,5"));
    std::setlocale(LC_ALL, "C");
}

TEST_CASE("CRITICAL is looked at before WARNING, and nothing alerts that was not given") {
    CHECK(judge("80", "95", 96) == Status::critical);
    CHECK(judge("80", "95", 95) == Status::warning);
    CHECK(judge("80", "95", 80) == Status::ok);
    CHECK(judge("95", "80", 90) == Status::critical);
    CHECK(judge(nullptr, nullptr, 1e9) == Status::ok);
    CHECK(judge("80", nullptr, 96) == Status::warning);
    CHECK(judge(nullptr, "80", 96) == Status::critical);
}

TEST_CASE("what is no number is UNKNOWN under any threshold") {
    const double infinity = std::numeric_limits<double>::infinity();
    for (const char* const threshold : {"10", "~:", "@10:20", "@~:"}) {
        CHECK(judge(threshold, threshold, std::nullopt) == Status::unknown);
        CHECK(judge(threshold, threshold, std::nan("")) == Status::unknown);
        CHECK(judge(threshold, threshold, infinity) == Status::unknown);
        CHECK(judge(threshold, threshold, -infinity) == Status::unknown);
    }
    CHECK(judge(nullptr, nullptr, std::nullopt) == Status::unknown);
}

TEST_CASE("the worst of two: CRITICAL, WARNING, UNKNOWN, OK") {
    CHECK(worse(Status::critical, Status::unknown) == Status::critical);
    CHECK(worse(Status::unknown, Status::critical) == Status::critical);
    CHECK(worse(Status::unknown, Status::warning) == Status::warning);
    CHECK(worse(Status::ok, Status::unknown) == Status::unknown);
    CHECK(worse(Status::ok, Status::ok) == Status::ok);
}

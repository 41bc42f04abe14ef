#include <doctest/doctest.h>

#include "drivers/xen/store.h"
#include "drivers/xen/store_values.h"

using namespace virtscope::xen;
using namespace std::string_view_literals;

TEST_CASE("xen store values: numbers are digits and nothing else") {
    CHECK(number_of("0") == 0);
    CHECK(number_of("18446744073709551615") == 18446744073709551615U);
    for (const std::string_view bad : {""sv, "-1"sv, "+1"sv, " 1"sv, "1 "sv, "0x10"sv, "1.5"sv, "18446744073709551616"sv, "1\0"sv}) {
        CAPTURE(bad);
        CHECK_FALSE(number_of(bad));
    }
    CHECK(product_of(131072, 1024) == 134217728);
    CHECK_FALSE(product_of(18446744073709551615U, 1024));
    CHECK_FALSE(product_of(std::nullopt, 1024));
}

TEST_CASE("xen store values: start times") {
    CHECK(start_time_of("1795449682.41") == 1795449682410000000);
    CHECK(start_time_of("1795449682") == 1795449682000000000);
    CHECK(start_time_of("1795449682.") == 1795449682000000000);
    CHECK(start_time_of("1.0000000019999") == 1000000001);
    CHECK(start_time_of("9223372035.999999999") == 9223372035999999999);
    for (const std::string_view bad : {""sv, "."sv, ".5"sv, "-5.1"sv, "1.-1"sv, "1.2.3"sv, "1e9"sv, "9223372036"sv, "1.2\0"sv}) {
        CAPTURE(bad);
        CHECK(start_time_of(bad) == 0);
    }
}

TEST_CASE("xen store values: texts are cut") {
    CHECK(text_of("web\0hidden"sv) == "web");
    CHECK(text_of("\x1b[2J\xff") == "\x1b[2J\xff");
    CHECK(text_of(std::string(4096, 'x')).size() == max_value);
}

TEST_CASE("xen store values: sources") {
    CHECK(source_of(Kind::vbd, "/dev/loop1") == "/dev/loop1");
    CHECK(source_of(Kind::qdisk, "aio:/images/a.raw") == "/images/a.raw");
    CHECK(source_of(Kind::qdisk, "qcow2:/images/a:b.qcow2") == "/images/a:b.qcow2");
    CHECK(source_of(Kind::qdisk, "/images/a:b") == "/images/a:b");
    CHECK(source_of(Kind::qdisk, "aio:").empty());  // a drive without a medium
    CHECK(source_of(Kind::vbd, "rbd:pool/image") == "rbd:pool/image");
}

TEST_CASE("xen store values: capacities") {
    CHECK(capacity_of(Kind::vbd, "32768", "512") == 16777216);
    CHECK(capacity_of(Kind::vbd, "32768", "4096") == 16777216);  // Linux counts in 512 bytes always
    CHECK(capacity_of(Kind::qdisk, "4096", "4096") == 16777216);
    CHECK(capacity_of(Kind::qdisk, "32768", std::nullopt) == 16777216);
    CHECK_FALSE(capacity_of(Kind::qdisk, "", "512"));
    CHECK_FALSE(capacity_of(Kind::qdisk, "32768", "0"));
    CHECK_FALSE(capacity_of(Kind::qdisk, "32768", "big"));
    CHECK_FALSE(capacity_of(Kind::qdisk, "18446744073709551615", "512"));
}

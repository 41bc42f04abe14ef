#include "top/view/cells.h"

#include <limits>

#include <doctest/doctest.h>

#include "top/print/csv_field.h"

using namespace virtscope::top;
using namespace std::chrono_literals;

TEST_CASE("percentages take four columns") {
    CHECK(percent_cell(0.0) == " 0.0");
    CHECK(percent_cell(0.16) == " 0.2");
    CHECK(percent_cell(9.94) == " 9.9");
    CHECK(percent_cell(9.96) == "10.0");
    CHECK(percent_cell(99.94) == "99.9");
    CHECK(percent_cell(99.96) == "100 ");
    CHECK(percent_cell(100.0) == "100 ");
    CHECK(percent_cell(136.0) == " 136");
    CHECK(percent_cell(1e9) == ">!!!");
    CHECK(percent_cell(std::nullopt) == "   -");
    CHECK(percent_cell(std::numeric_limits<double>::quiet_NaN()) == "   -");
}

TEST_CASE("counts take four columns, in K, M, G of 1024 above 9999") {
    CHECK(count_cell(0.0) == "   0");
    CHECK(count_cell(0.4) == "   0");
    CHECK(count_cell(9999.0) == "9999");
    CHECK(count_cell(10000.0) == "  9K");
    CHECK(count_cell(999.0 * 1024) == "999K");
    CHECK(count_cell(1000.0 * 1024) == "  1M");
    CHECK(count_cell(5.0 * (1 << 30)) == "  5G");
    CHECK(count_cell(1e15) == ">!!!");
    CHECK(count_cell(std::nullopt) == "   -");
}

TEST_CASE("CPU time takes nine columns") {
    constexpr std::uint64_t second = 1'000'000'000;
    CHECK(time_cell(0) == "  0:00.00");
    CHECK(time_cell(790'000'000) == "  0:00.79");
    CHECK(time_cell(12 * 3600 * second - 1) == "719:59.99");
    CHECK(time_cell(12 * 3600 * second) == " 12:00:00");
    CHECK(time_cell(1000 * 3600 * second) == " 41d16:00");
    CHECK(time_cell(std::numeric_limits<std::uint64_t>::max()).size() == 9);
    CHECK(time_cell(std::nullopt) == "        -");
}

TEST_CASE("ages take four columns and are never rounded up") {
    CHECK(age_cell(0ms) == " 0.0");
    CHECK(age_cell(399ms) == " 0.3");
    CHECK(age_cell(9990ms) == " 9.9");
    CHECK(age_cell(12s) == "  12");
    CHECK(age_cell(9999s) == "9999");
    CHECK(age_cell(10000s) == "166m");
    CHECK(age_cell(100h) == "100h");
    CHECK(age_cell(24h * 60) == " 60d");
    CHECK(age_cell(std::nullopt) == "   -");
}

TEST_CASE("floats are printed as OCaml prints them") {
    CHECK(ocaml_float(0) == "0.");
    CHECK(ocaml_float(4750000) == "4750000.");
    CHECK(ocaml_float(0.1619267081069) == "0.161926708107");
    CHECK(ocaml_float(1234567890123) == "1.23456789012e+12");
}

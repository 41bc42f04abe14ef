#include "collectors/host_text.h"

#include <doctest/doctest.h>
#include <string>

#include "collectors/scan.h"
#include "tests/collectors/support.h"

using namespace virtscope;
using virtscope::test::cut_at_every_byte;

TEST_CASE("a number counts only with what ends it") {
    std::string_view text = "  12 34\n56";
    CHECK(take_number(text) == 12);
    CHECK(take_number(text) == 34);
    CHECK_FALSE(take_number(text));  // the line end is no blank: the next line is not run into
    for (const char* wrong : {"", " ", "12", "-1 ", "+1 ", "0x1 ", "1.5 ", "a ", "12a ", "18446744073709551616 "}) {
        CAPTURE(wrong);
        std::string_view rest = wrong;
        CHECK_FALSE(take_number(rest));
        CHECK(rest == wrong);
    }
    std::string_view largest = "18446744073709551615\n";
    CHECK(take_number(largest) == ~std::uint64_t{0});
    CHECK_FALSE(times(~std::uint64_t{0}, 2));
}

TEST_CASE("CPU time: guests are counted once") {
    const CpuTicks ticks = parse_cpu_ticks("cpu  1000 200 30 4 5 6 7 8 900 90\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    CHECK(ticks.user == 100);
    CHECK(ticks.nice == 110);
    CHECK(ticks.system == 30);
    CHECK(ticks.idle == 4);
    CHECK(ticks.iowait == 5);
    CHECK(ticks.irq == 13);
    CHECK(ticks.steal == 8);
    CHECK(ticks.guest == 990);
}

TEST_CASE("CPU time: a guest's tick that is not yet in user does not wrap around") {
    CHECK(parse_cpu_ticks("cpu  10 0 0 0 0 0 0 0 11 0\n").user == 0);
}

TEST_CASE("CPU time: columns that a kernel lacks or that are wrong are absent, further ones are passed over") {
    const CpuTicks old = parse_cpu_ticks("cpu  10 20 30 40\n");
    CHECK(old.idle == 40);
    CHECK_FALSE(old.user);  // whether guests are in it is not known
    CHECK_FALSE(old.iowait);
    CHECK(parse_cpu_ticks("cpu  10 20 30 40 1 1 1 1 1 1 77 88\n").idle == 40);
    CHECK_FALSE(parse_cpu_ticks("cpu  10 20 30 -40 1 1 1 1 1 1\n").idle);
    CHECK_FALSE(parse_cpu_ticks("cpu  10 20 30 18446744073709551616 1\n").idle);
    CHECK_FALSE(parse_cpu_ticks("cpu0 10 20 30 40 1 1 1 1 1 1\n").system);
    CHECK_FALSE(parse_cpu_ticks("").system);
    cut_at_every_byte("cpu  7953 0 4895 302447 551 0 144 500 0 0\n", [](std::string_view text) {
        const CpuTicks ticks = parse_cpu_ticks(text);
        return ticks.user || ticks.system || ticks.idle || ticks.steal || ticks.guest;
    });
}

TEST_CASE("CPU list") {
    CHECK(parse_cpu_list("0\n") == 1);
    CHECK(parse_cpu_list("0-1\n") == 2);
    CHECK(parse_cpu_list("0-3,8,10-11\n") == 7);
    for (const char* wrong : {"\n", "3-1\n", "-1\n", "0,\n", "0-\n", "0 \n", "0-4294967296\n", "x"}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_cpu_list(wrong));
    }
    cut_at_every_byte("0-3,8\n", [](std::string_view text) { return parse_cpu_list(text).has_value(); });
}

TEST_CASE("lines in kB") {
    const std::string text = "MemTotal:       24684092 kB\nMemFree:        24234368 kB\n";
    CHECK(parse_kb_line(text, "MemFree:") == 24234368ull * 1024);
    CHECK_FALSE(parse_kb_line(text, "Mem:"));
    CHECK_FALSE(parse_kb_line("MemFree:  12 MB\n", "MemFree:"));
    CHECK_FALSE(parse_kb_line("MemFree:  -12 kB\n", "MemFree:"));
    CHECK_FALSE(parse_kb_line("MemFree:  18446744073709551615 kB\n", "MemFree:"));
    cut_at_every_byte(text, [](std::string_view cut) { return parse_kb_line(cut, "MemFree:").has_value(); });
}

TEST_CASE("load in thousandths") {
    const auto load = parse_load("0.14 12.07 3.00 1/89 7788\n");
    REQUIRE(load);
    CHECK((*load)[0] == 140);
    CHECK((*load)[1] == 12070);
    CHECK((*load)[2] == 3000);
    for (const char* wrong : {"", "0.14\n", "0.14 -1.00 0.06 1/89 1\n", "1 2 3 4\n", ". . . \n", "0. 0. 0. \n",
                              "nan nan nan "}) {
        CAPTURE(wrong);
        CHECK_FALSE(parse_load(wrong));
    }
    cut_at_every_byte("0.14 0.07 0.06 ", [](std::string_view text) { return parse_load(text).has_value(); });
}

TEST_CASE("pressure in ns of stall") {
    const std::string both =
        "some avg10=0.00 avg60=0.13 avg300=0.40 total=12929118\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=7\n";
    CHECK(parse_pressure(both, "some") == 12929118000ull);
    CHECK(parse_pressure(both, "full") == 7000);
    CHECK_FALSE(parse_pressure(both, "so"));
    CHECK_FALSE(parse_pressure("some avg10=0.00 avg60=0.13 avg300=0.40 total=1\n", "full"));
    CHECK_FALSE(parse_pressure("some total=-1\n", "some"));
    CHECK_FALSE(parse_pressure("some total= 1\n", "some"));
    CHECK_FALSE(parse_pressure("some avg10=0.00\nfull total=1\n", "some"));
    CHECK_FALSE(parse_pressure("some total=18446744073709551616\n", "some"));
    CHECK(parse_pressure("some avg10=0.00 total=5 new=1\n", "some") == 5000);
    cut_at_every_byte(both, [](std::string_view text) { return parse_pressure(text, "full").has_value(); });
}

TEST_CASE("frequency from cpuinfo") {
    CHECK(parse_cpuinfo_frequency("cpu MHz\t\t: 2596.144\n") == 2'596'144'000ull);
    CHECK_FALSE(parse_cpuinfo_frequency("cpu MHz\t\t: unknown\n"));
    CHECK_FALSE(parse_cpuinfo_frequency("cpu MHz 2596.144\n"));
    CHECK_FALSE(parse_cpuinfo_frequency("Hardware\t: board\n"));
    cut_at_every_byte("cpu MHz\t\t: 2596.144\n",
                      [](std::string_view text) { return parse_cpuinfo_frequency(text).has_value(); });
}

#include "collectors/process_text.h"

#include <doctest/doctest.h>
#include <string>

#include "tests/collectors/support.h"

using namespace virtscope;
using virtscope::test::cut_at_every_byte;

namespace {

const std::string after_name =
    " S 1 10568 10568 0 -1 138412480 3228 5 7 0 1 200 0 0 20 0 6 0 260628 390688768 6270 18446744073709551615 "
    "94551428665344 94551434525781 140726321233248 0 0 0 268444224 3674112 16963 0 0 0 17 0 0 0 0 0 0 "
    "94551437637880 94551442842032 94551905001472 140726321236304 140726321236601 140726321236601 140726321237980 0\n";

std::string stat_of(std::string_view name) { return "10570 (" + std::string(name) + ")" + after_name; }

std::string with(std::string text, std::string_view from, std::string_view to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("stat of a real QEMU") {
    const auto stat = parse_process_stat(stat_of("qemu-system-x86"));
    REQUIRE(stat);
    CHECK(stat->state == 'S');
    CHECK(stat->minor_faults == 3228);
    CHECK(stat->major_faults == 7);
    CHECK(stat->user_ticks == 1);
    CHECK(stat->system_ticks == 200);
    CHECK(stat->resident_pages == 6270);
}

TEST_CASE("stat: the process's name may be anything") {
    for (const char* name : {"", " ", ")", ") R 1 2 3 4 5", "a\nb", "(((", "\n) S 1 1 1 1 1", "\x1b[31m\xff"}) {
        CAPTURE(name);
        const auto stat = parse_process_stat(stat_of(name));
        REQUIRE(stat);
        CHECK(stat->user_ticks == 1);
        CHECK(stat->resident_pages == 6270);
    }
}

TEST_CASE("stat: nothing is taken from a text that is cut or wrong") {
    const auto parses = [](std::string_view text) { return parse_process_stat(text).has_value(); };
    cut_at_every_byte(stat_of("qemu-system-x86"), parses);
    cut_at_every_byte(stat_of("a) S 1 2 3 4\n5"), parses);
    const std::string good = stat_of("q");
    CHECK_FALSE(parse_process_stat(with(good, " 3228 ", " -1 ")));
    CHECK_FALSE(parse_process_stat(with(good, " 200 ", " 18446744073709551616 ")));
    CHECK_FALSE(parse_process_stat(with(good, " 6270 ", " x ")));
    CHECK_FALSE(parse_process_stat("1 (q) S 1 2 3\n"));
    CHECK_FALSE(parse_process_stat(")\n"));
    CHECK_FALSE(parse_process_stat("10570 q" + after_name));
}

TEST_CASE("stat: more columns at the end than we know") {
    const auto stat = parse_process_stat(with(stat_of("q"), " 140726321237980 0\n", " 140726321237980 0 1 2 3\n"));
    REQUIRE(stat);
    CHECK(stat->resident_pages == 6270);
}

TEST_CASE("huge pages") {
    const std::string status = "Name:\tqemu\nVmRSS:\t   25184 kB\nHugetlbPages:\t    2048 kB\nThreads:\t6\n";
    CHECK(parse_huge_pages(status) == 2048 * 1024);
    // A kernel without huge pages says nothing of them; a text that merely ends before does not count.
    CHECK(parse_huge_pages("Name:\tqemu\nnonvoluntary_ctxt_switches:\t3\n") == 0);
    CHECK_FALSE(parse_huge_pages("Name:\tqemu\n"));
    CHECK_FALSE(parse_huge_pages(""));
    CHECK_FALSE(parse_huge_pages("HugetlbPages:\t    -1 kB\nnonvoluntary_ctxt_switches:\t3\n"));
    cut_at_every_byte("Name:\tqemu\nHugetlbPages:\t    2048 kB\n",
                      [](std::string_view text) { return parse_huge_pages(text).has_value(); });
}

#include "collectors/cpus.h"

#include <doctest/doctest.h>
#include <unistd.h>
#include <string>

#include "collectors/process_text.h"
#include "tests/collectors/support.h"

using namespace virtscope;
using virtscope::test::Tree;

namespace {

const std::uint64_t tick = 1'000'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));

Frame frame_of(const std::vector<std::string>& cpus) {
    auto roster = std::make_shared<Roster>();
    for (const std::string& cpu : cpus) roster->cpus.push_back({.name = cpu, .source = {}});
    Frame frame;
    frame.reset(roster);
    return frame;
}

}  // namespace

TEST_CASE("the CPUs of the captured host") {
    const Tree tree;
    const auto cpus = online_cpus(tree.roots());
    REQUIRE(cpus.size() == 2);
    CHECK(cpus[1].name == "1");
}

TEST_CASE("rows by number: CPUs that are offline, new ones, and times that step back a little") {
    Frame frame = frame_of({"0", "2", "5"});
    CpuRows rows;
    rows.fill(
        "cpu  9 9 9 9 9 9 9 9 9 9\ncpu0 5 0 8 100 7 1 2 3 2 0\ncpu2 1 0 0 50 0 0 0 0 0 0\ncpu9 1 1 1 1 1 1 1 1 1 "
        "1\nintr 7\n",
        77, frame);
    CHECK(frame.get(0, CpuMetric::user) == 3 * tick);
    CHECK(frame.get(0, CpuMetric::guest) == 2 * tick);
    CHECK(frame.get(0, CpuMetric::irq) == 3 * tick);
    CHECK(frame.table(Scope::Cpu).row(0).time == 77);
    CHECK(frame.get(1, CpuMetric::idle) == 50 * tick);
    CHECK(frame.table(Scope::Cpu).row(2).present == 0);
    rows.fill("cpu0 5 0 8 99 7 1 2 3 2 0\n", 78, frame);
    CHECK(frame.get(0, CpuMetric::idle) == 100 * tick);
}

TEST_CASE("lines of CPUs that are cut or no lines of CPUs") {
    std::string_view text = "cpu  1 2 3 4 5 6 7 8 9 10\ncpux 1\ncpu\ncpu1 1 2 3\ncpu3 4 5";
    const auto cut = take_cpu_line(text);
    REQUIRE(cut);
    CHECK(cut->number == 1);
    CHECK(cut->ticks.system == 3);
    CHECK_FALSE(cut->ticks.idle);
    CHECK_FALSE(take_cpu_line(text));
}

TEST_CASE("where a thread ran last") {
    const std::string stat =
        "10 (CPU 0/KVM) R 1 1 1 0 -1 138412480 3228 5 7 0 1 200 0 0 20 0 6 0 260628 390688768 6270 "
        "18446744073709551615 "
        "1 1 1 0 0 0 268444224 3674112 16963 0 0 0 -1 3 0 0 11 4711 0 1 1 1 1 1 1 1 0\n";
    const auto thread = parse_thread_stat(stat);
    REQUIRE(thread);
    CHECK(thread->cpu == 3);
    CHECK(thread->guest_ticks == 4711);
    for (std::size_t size = 0; size < stat.size(); ++size) CHECK_FALSE(parse_thread_stat(stat.substr(0, size)));
}

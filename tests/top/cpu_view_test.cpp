// Physical CPUs, who waits for whom, the host.
#include <doctest/doctest.h>

#include "builder.h"
#include "core/text.h"
#include "top/compose/compose.h"
#include "top/view/contention_view.h"
#include "top/view/cpu_load.h"
#include "top/view/cpus_view.h"
#include "top/view/host_panel.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

void set_run(Pair& pair, std::size_t vcpu, std::uint64_t cpu, std::uint64_t run, std::uint64_t own) {
    for (const auto metric : {VcpuMetric::time, VcpuMetric::guest_time, VcpuMetric::wait})
        pair.before.set(vcpu, metric, 0);
    pair.now.set(vcpu, VcpuMetric::cpu, cpu);
    pair.now.set(vcpu, VcpuMetric::time, run);
    pair.now.set(vcpu, VcpuMetric::guest_time, own);
    pair.now.set(vcpu, VcpuMetric::wait, 0);
}

// hog: half of CPU 0 and a tenth of CPU 1; meek waits on CPU 0; idle does nothing.
Pair crowd() {
    Pair pair({{.name = "hog", .id = 1, .vcpus = 2}, {.name = "meek", .id = 2}, {.name = "idle", .id = 3}});
    set_run(pair, 0, 0, second / 2, second * 4 / 10);
    set_run(pair, 1, 1, second / 10, second / 10);
    set_run(pair, 2, 0, second / 5, second / 5);
    set_run(pair, 3, 1, 0, 0);
    pair.now.set(1, GuestMetric::cpu_wait, second / 4);
    pair.now.set(2, VcpuMetric::wait, second / 4);
    for (std::size_t cpu = 0; cpu < 2; ++cpu) {
        for (std::size_t metric = 0; metric < static_cast<std::size_t>(CpuMetric::count); ++metric) {
            pair.before.table(Scope::Cpu).set(cpu, metric, 0);
            pair.now.table(Scope::Cpu).set(cpu, metric, 0);
        }
        pair.now.set(cpu, CpuMetric::idle, second / 10);
    }
    pair.now.set(0, CpuMetric::guest, second * 7 / 10);
    pair.now.set(0, CpuMetric::system, second / 5);
    pair.now.set(1, CpuMetric::guest, second / 10);
    return pair;
}

std::string text_of(const std::vector<Line>& lines) { return top::text_of(Screen{.lines = lines}, Marks::shown); }

std::string table_text(const TableModel& table, std::size_t width) {
    std::vector<Line> lines{heading_line(table, width)};
    for (const TableRow& row : table.rows) lines.push_back(row_line(table, row, width));
    return text_of(lines);
}

}  // namespace

TEST_CASE("physical CPUs: a column for each guest that ran, the busiest first") {
    const Picture picture = crowd().picture();
    CHECK(table_text(cpus_table(picture, 0, 80), 80) ==
          "=PHYCPU %CPU hog          meek\n"
          "    0   90.0 50.0 40.0    20.0 20.0\n"
          "    1   10.0 10.0 10.0\n");
    CHECK(table_text(cpus_table(picture, 1, 80), 80).starts_with("=PHYCPU %CPU meek\n"));
    CHECK(table_text(cpus_table(picture, 0, 24), 24).starts_with("=PHYCPU %CPU hog\n"));
    CHECK(cpus_table(picture, 9, 80).columns.size() == 2);
}

TEST_CASE("a host whose CPUs are not known has none") {
    Pair pair({{.name = "a"}});
    auto roster = std::make_shared<Roster>(*pair.now.roster);
    roster->cpus.clear();
    Frame frame;
    frame.reset(roster);
    CHECK(cpus_table(first_picture(std::move(frame)), 0, 80).rows.empty());
}

TEST_CASE("who waits, and who ran there") {
    CHECK(text_of(contention_lines(crowd().picture(), 90)) ==
          "=%STL    ms/s  CPUS         WHO WAITED, and below who ran on these CPUs (% of them)\n"
          " 25.0   250.0  0            meek\n"
          "d                    50.0 hog\n"
          "d                    20.0 meek (itself)\n"
          "d                    20.0 the host's own work\n");
    CHECK(text_of(contention_lines(Pair({{.name = "a"}}).picture(), 90)).find("no guest waited") != std::string::npos);
}

TEST_CASE("the host: what presses and what was promised") {
    Pair pair = crowd();
    for (Frame* frame : {&pair.before, &pair.now}) {
        for (const auto metric : {HostMetric::cpu_user, HostMetric::cpu_nice, HostMetric::cpu_system,
                                  HostMetric::cpu_irq, HostMetric::cpu_guest, HostMetric::psi_cpu_some}) {
            frame->set(0, metric, 0);
        }
    }
    pair.now.set(0, HostMetric::cpu_guest, second);
    pair.now.set(0, HostMetric::psi_cpu_some, second / 4);
    const std::string panel = text_of(host_panel(pair.picture(), 100, false));
    CHECK(panel.find("CPU %: guests 50.0  host itself  0.0  steal    -") != std::string::npos);
    CHECK(panel.find("Pressure (some/full %): cpu 25.0/   -") != std::string::npos);
    CHECK(panel.find("Over-commitment: 4 vCPUs on 2 CPUs: 2.00; memory given 0.01") != std::string::npos);
    CHECK(panel.find("   0 [|||||||||") != std::string::npos);
    for (std::size_t width = 0; width < 120; width += 7) {
        for (const Line& line : host_panel(pair.picture(), width, true)) CHECK(display_width(line.text) <= width);
        for (const Line& line : contention_lines(pair.picture(), width)) CHECK(display_width(line.text) <= width);
    }
}

TEST_CASE("a host on Xen, which tells of a CPU when it is idle and when it runs a domain") {
    Pair pair({{.name = "Domain-0", .id = 0}, {.name = "web", .id = 1}});
    for (Frame* frame : {&pair.before, &pair.now}) {
        for (const auto metric : {HostMetric::cpu_idle, HostMetric::cpu_system, HostMetric::cpu_guest})
            frame->set(0, metric, 0);
        for (std::size_t cpu = 0; cpu < 2; ++cpu) {
            for (const auto metric : {CpuMetric::idle, CpuMetric::guest}) frame->set(cpu, metric, 0);
        }
    }
    pair.now.set(0, HostMetric::cpu_system, second / 2);
    pair.now.set(0, HostMetric::cpu_guest, second);
    pair.now.set(0, CpuMetric::guest, second * 9 / 10);
    const std::string panel = text_of(host_panel(pair.picture(), 100, false));
    CHECK(panel.find("CPU %: guests 50.0  host itself 25.0  steal    -  iowait    -") != std::string::npos);
    CHECK(panel.find("] 90.0%") != std::string::npos);
    const auto loads = cpu_loads(pair.picture().pair);
    REQUIRE(loads.size() == 2);
    CHECK(loads[0].busy.value_or(-1) == doctest::Approx(90));
    CHECK_FALSE(loads[0].host);
    CHECK_FALSE(loads[0].steal);
}

TEST_CASE("each view is a key away, and back") {
    const Scene scene = scene_of(crowd().picture());
    Session session;
    const auto shown = [&](char32_t key) {
        press(session, Key{key}, 10);
        return top::text_of(compose(scene, session, {24, 100}));
    };
    CHECK(shown(U'1').find("PHYCPU %CPU hog") != std::string::npos);
    CHECK(shown(U'5').find("WHO WAITED") != std::string::npos);
    CHECK(shown(U'6').find("Over-commitment") != std::string::npos);
    CHECK(shown(U'6').find("%MEM") != std::string::npos);
    press(session, Key::enter, 10);
    const Backdrop backdrop = backdrop_of(nullptr, scene, session, {24, 100}, true);
    CHECK(top::text_of(compose(scene, session, {24, 100}, backdrop)).find("hog  running") != std::string::npos);
    CHECK(shown(0x1b).find("%MEM") != std::string::npos);
}

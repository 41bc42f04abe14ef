// The details of one guest as text, on screens of all sizes.
#include "top/view/detail/detail.h"

#include <algorithm>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include "core/text.h"
#include "tests/top/builder.h"
#include "top/view/detail/pane.h"
#include "top/view/graph.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;

namespace {

constexpr std::uint64_t gib = 1ULL << 30;

Pair web() {
    Pair pair(std::vector<GuestSpec>{{.name = "web01", .id = 4711, .vcpus = 2}});
    for (Frame* frame : {&pair.before, &pair.now}) {
        frame->set(0, GuestMetric::start_time, static_cast<std::uint64_t>(pair.now.realtime - 90'000 * second));
        frame->set(0, GuestMetric::memory_max, 2 * gib);
        frame->set(0, GuestMetric::memory_balloon, gib);
        frame->set(0, GuestMetric::memory_available, gib);
        frame->set(0, GuestMetric::memory_usable, gib / 4);
        frame->set(0, GuestMetric::memory_resident, gib / 2);
        frame->set(0, DiskMetric::read_time, 0);
        frame->set(0, DiskMetric::failed_ops, 3);
        frame->set(0, DiskMetric::in_flight, 2);
        frame->set(0, DiskMetric::capacity, 20 * gib);
        frame->set(0, NicMetric::rx_drops, 0);
        frame->set(0, VcpuMetric::time, 0);
        frame->set(0, VcpuMetric::wait, 0);
    }
    pair.now.set(0, GuestMetric::cpu_time, 500'000'000);
    pair.now.set(0, GuestMetric::cpu_wait, 500'000'000);
    pair.now.set(0, DiskMetric::read_ops, 100);
    pair.now.set(0, DiskMetric::read_bytes, 1 << 20);
    pair.now.set(0, DiskMetric::read_time, 250'000'000);
    pair.now.set(0, NicMetric::rx_drops, 5);
    pair.now.set(0, VcpuMetric::time, 450'000'000);
    pair.now.set(0, VcpuMetric::wait, 500'000'000);
    return pair;
}

DetailData about(const Picture& picture) {
    DetailData data;
    const RosterGuest& guest = picture.frame().roster->guests.front();
    data.guest = guest.uuid;
    data.name = guest.name;
    data.cpu = {.cpus = 2, .of = "of the host"};
    const std::int64_t now = picture.frame().realtime;
    data.events = {
        {.realtime = now - 60 * second, .sequence = 1, .event = {EventKind::guest_started, guest.uuid, guest.name, ""}},
        {.realtime = now - second,
         .sequence = 2,
         .event = {EventKind::guest_state, guest.uuid, guest.name, "running to paused"}}};
    data.curves.from = now - 300 * second;
    data.curves.to = now;
    for (Curve& curve : data.curves.curves) curve.values.assign(40, std::nullopt);
    Curve& cpu = data.curves.curves[static_cast<std::size_t>(Figure::cpu)];
    for (std::size_t i = 20; i < 40; ++i) cpu.values[i] = static_cast<double>(i);
    cpu.highest = 50;
    cpu.newest = 50;
    return data;
}

std::string text(const Detail& detail, Marks marks = Marks::hidden) {
    return text_of({.lines = detail.lines, .spots = {}}, marks);
}

// All of it, whatever the screen.
Detail whole(const Picture& picture, std::size_t columns, bool unicode = false) {
    return detail_view(picture, about(picture), {.size = {400, columns}, .first = 0, .unicode = unicode});
}

bool has(const Detail& detail, std::string_view line) {
    return ("\n" + text(detail)).find(fmt::format("\n{}\n", line)) != std::string::npos;
}

}  // namespace

TEST_CASE("details: the first lines say who it is and how it fares; these stay while the rest is scrolled") {
    const Picture picture = web().picture();
    Detail detail = detail_view(picture, about(picture), {.size = {10, 80}, .first = 0, .unicode = false});
    CHECK(text(detail) ==
          "web01  running, up 1 d 1 h  qemu id 4711\n"
          "CPU 25.0% of the host  steal 25.0%  read 1.0 MiB/s  write 0 B/s  in 0 B/s\n"
          "The last minutes\n"
          "CPU of the host 25.0%         max 25.0%  steal of the host -               max -\n"
          "     20.0%|                 ....:::::##       10.0%|\n"
          "         0|              ##############           0|\n"
          "           5 min before        16:28:42             5 min before        16:28:42\n"
          "CPU, % of the host; of each vCPU % of one CPU\n"
          "vCPUs online 2  all 25.0%  vCPUs 22.5%  emulator -  I/O threads -  vhost -\n"
          "user -  system -\n");
    CHECK(detail.page == 8);
    CHECK(detail.lines.size() == 10);
    const std::size_t total = detail.total;
    detail = detail_view(picture, about(picture), {.size = {10, 80}, .first = 1000, .unicode = false});
    CHECK(detail.first == total - 8);
    CHECK(detail.lines.size() == 10);
    CHECK(text(detail).starts_with("web01  running, up 1 d 1 h  qemu id 4711\nCPU 25.0%"));
    CHECK(text(detail).ends_with("hypervisor answered 300 ms ago\n"));
}

TEST_CASE("details: what is known stands in tables") {
    const Detail detail = whole(web().picture(), 90);
    CHECK(has(detail, "vCPU   run  wait  exits/s  halts/s  halted  polled  irqs/s  now"));
    CHECK(has(detail, "0     45.0  50.0        -        -       -       -       -  -"));
    CHECK(has(detail, "disk  rd/s  rd B/s  rd ms  wr/s  wr B/s  wr ms  queue  fl/s  fl ms  failed"));
    CHECK(has(detail, "vda    100    1.0M    2.5     0       0      -      2     -      -       3"));
    CHECK(has(detail, "vda    20G          -         -"));
    CHECK(has(detail, "vnet0     -       0       -        5     -       0       -        -"));
    CHECK(has(detail, "guest uses        768 MiB  sees-can use"));
    CHECK(has(detail, "resident          512 MiB  host kernel"));
    CHECK(has(detail, "guest caches            -  guest driver"));
    CHECK(has(detail, "2023-11-15 16:28:41 guest-state running to paused"));
    CHECK(has(detail, "Events, the last first"));
}

TEST_CASE("details: what is wrong stands out") {
    const Detail detail = whole(web().picture(), 90);
    const auto line = [&](std::string_view begin) {
        const auto found =
            std::ranges::find_if(detail.lines, [&](const Line& each) { return each.text.starts_with(begin); });
        REQUIRE(found != detail.lines.end());
        return *found;
    };
    CHECK(line("CPU 25.0%").spans.at(1) == Span{23, 5, Style::label});
    CHECK(line("CPU 25.0%").spans.at(2) == Span{29, 5, Style::critical});
    CHECK(line("vda    100").spans == std::vector<Span>{{73, 1, Style::busy}});
    CHECK(line("vnet0").spans.front().style == Style::critical);
    CHECK(line("0     45.0").spans == std::vector<Span>{{12, 4, Style::critical}});

    Pair pair(std::vector<GuestSpec>{{.name = "stuck", .note = "monitor: in use by libvirt"}});
    pair.now.set(0, GuestMetric::stale, 1);
    const Detail stuck = whole(pair.picture(), 60);
    CHECK(stuck.lines.at(0).style == Style::warning);
    CHECK(stuck.lines.at(0).text == "stuck  running, does not answer  qemu id 1");
    CHECK(stuck.lines.at(2).text == "absent because monitor: in use by libvirt");
    CHECK(stuck.lines.at(2).spans.at(1).style == Style::warning);
}

TEST_CASE("details: narrow screens stack, wide ones have two columns") {
    const Picture picture = web().picture();
    const Detail narrow = whole(picture, 40);
    CHECK(has(narrow, "vda  rd/s 100  rd B/s 1.0M  rd ms 2.5"));
    CHECK(has(narrow, " wr/s 0  wr B/s 0  wr ms -  queue 2"));
    CHECK(has(narrow, "guest uses        768 MiB  sees-can use"));
    const Detail wide = whole(picture, 200);
    CHECK(wide.total < narrow.total * 2 / 3);
    const Line& titles = wide.lines.at(2);
    CHECK(titles.text.find("The last minutes") == 0);
    CHECK(titles.text.find("CPU, % of the host") == 91);
    CHECK(titles.spans == std::vector<Span>{{0, 89, Style::heading}, {91, 109, Style::heading}});
}

TEST_CASE("details: any size, any bytes") {
    std::string hostile = "\x1b[2J\xff\xe2\x80\xae" + std::string(200, 'x') + "\u4e00\u4e00";
    const Pair pair(std::vector<GuestSpec>{
        {.name = hostile, .disks = {hostile, "b"}, .nics = {hostile}, .vcpus = 1, .note = hostile}});
    const Picture picture = pair.picture();
    DetailData data = about(picture);
    data.events.front().event.text = hostile;
    for (const std::size_t rows : {0U, 1U, 2U, 3U, 10U, 24U, 100U}) {
        for (std::size_t columns = 0; columns < 310; columns += columns < 50 ? 1 : 17) {
            const Detail detail =
                detail_view(picture, data, {.size = {rows, columns}, .first = rows * 3, .unicode = columns % 2 == 0});
            CHECK(detail.lines.size() <= rows);
            for (const Line& line : detail.lines) {
                CHECK(display_width(line.text) <= columns);
                CHECK(printable(line.text, line.text.size()) == line.text);
            }
        }
    }
}

TEST_CASE("details of a guest that is not there, and of one whose past nobody knows") {
    const Picture picture = web().picture();
    DetailData data = about(picture);
    data.guest = Uuid::derived("test", "another", 0);
    data.name = "another";
    const Detail gone = detail_view(picture, data, {.size = {40, 80}, .first = 0, .unicode = false});
    CHECK(gone.lines.at(0).text == "another  was not there at that moment");
    CHECK(has(gone, "2023-11-15 16:28:41 guest-state running to paused"));

    DetailData nothing{.guest = about(picture).guest, .name = "web01"};
    const Detail bare = detail_view(picture, nothing, {.size = {60, 80}, .first = 0, .unicode = true});
    CHECK(has(bare, "nothing is known of the time before"));
    CHECK(has(bare, "none that the ring remembers"));
    CHECK(text(bare).find("More of the last minutes") == std::string::npos);
}

TEST_CASE("details: as many steps as graphs have dots") {
    CHECK(detail_steps(40, false) == 29);
    CHECK(detail_steps(80, true) == 2 * (39 - axis_width));
    CHECK(detail_steps(200, true) == 2 * (43 - axis_width));
    CHECK(detail_steps(0, true) == 2);
}

TEST_CASE("facts flow, and long ones are broken between words") {
    const auto lines =
        flow({{"a", "1"}, {"b", "22"}, {"note", "some words that are too long for it"}, {"c", "3"}}, 20, 1);
    std::vector<std::string> texts;
    for (const Line& line : lines) texts.push_back(line.text);
    CHECK(texts ==
          std::vector<std::string>{"a 1  b 22", " note some words", "   that are too long", "   for it", " c 3"});
}

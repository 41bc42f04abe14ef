// Series over hand-made rings: what a rate is over restarts, reboots, gaps and hot-plugging.
#include "core/history/series.h"

#include <cmath>

#include <doctest/doctest.h>

#include "tests/core/tape.h"

using namespace virtscope;
using namespace std::chrono_literals;
using sample::at;
using sample::changed;
using sample::Tape;

namespace {

Column column(const char* text, Scope own = Scope::Guest) {
    const auto parsed = parse_column(text, own);
    REQUIRE_MESSAGE(parsed.has_value(), (parsed ? "" : parsed.error().message));
    return *parsed;
}

Series read(const Tape& tape, SeriesQuery query) {
    auto reader = tape.reader();
    auto series = read_series(reader, query);
    REQUIRE_MESSAGE(series.has_value(), (series ? "" : series.error().message));
    return std::move(*series);
}

// Averages of the one column, frame by frame or step by step.
using Values = std::vector<std::optional<double>>;
Values averages(const Tape& tape, SeriesQuery query) {
    Values out;
    const Series series = read(tape, std::move(query));
    for (const Point& point : series.columns.at(0)) {
        const auto average = point.average();
        out.push_back(average ? std::optional(std::round(*average * 1000) / 1000) : std::nullopt);
    }
    return out;
}

Values of_guest(const Tape& tape, const RosterPtr& who, const char* metric, std::chrono::nanoseconds step = 0s) {
    return averages(tape, {.guest = who->guests[0].uuid, .step = step, .columns = {column(metric)}});
}

constexpr auto none = std::nullopt;

auto cpu(std::uint64_t value) {
    return [value](Frame& frame) { frame.set(0, GuestMetric::cpu_time, value); };
}

}  // namespace

TEST_CASE("series: a counter is a rate from its second reading on") {
    Tape tape;
    const auto who = sample::roster(2);
    tape.add(0, who, cpu(100));
    tape.add(1, who, cpu(150));
    tape.add(3, who, cpu(350));
    CHECK(of_guest(tape, who, "cpu_time") == Values{none, 50, 100});
}

TEST_CASE("series: the first rate of a range comes from the reading before it") {
    Tape tape;
    const auto who = sample::roster(1);
    for (unsigned i = 0; i < 5; ++i) tape.add(i, who, cpu(10 * i * i));
    const TimeRange range{.from = at(2), .to = at(3)};
    CHECK(averages(tape, {.guest = who->guests[0].uuid, .range = range, .columns = {column("cpu_time")}}) ==
          Values{30, 50});
}

TEST_CASE("series: gauges are as they are; absent is unknown, not zero") {
    Tape tape;
    const auto who = sample::roster(1);
    tape.add(0, who, [](Frame& f) { f.set(0, GuestMetric::memory_resident, 7); });
    tape.add(1, who);
    tape.add(2, who, [](Frame& f) { f.set(0, GuestMetric::memory_resident, 0); });
    CHECK(of_guest(tape, who, "memory_resident") == Values{7, none, 0});
}

TEST_CASE("series: a counter that went back, a row not read again: unknown, never negative") {
    Tape tape;
    const auto who = sample::roster(1);
    tape.add(0, who, cpu(100));
    tape.add(1, who, cpu(40));
    tape.add(2, who, cpu(60));
    tape.add(3, who, [](Frame& f) {
        f.set(0, GuestMetric::cpu_time, 60);
        f.table(Scope::Guest).row(0).time -= sample::second;
    });
    tape.add(4, who, cpu(100));
    CHECK(of_guest(tape, who, "cpu_time") == Values{none, none, 20, none, 20});
}

TEST_CASE("series: a restarted guest begins anew, even if its counter has come further") {
    Tape tape;
    const auto who = sample::roster(2);
    const auto restarted = changed(who, [](Roster& r) { r.guests[0].generation = 77; });
    tape.add(0, who, cpu(10));
    tape.add(1, who, cpu(20));
    tape.add(2, restarted, cpu(1000));
    tape.add(3, restarted, cpu(1005));
    CHECK(of_guest(tape, who, "cpu_time") == Values{none, 10, none, 5});
}

TEST_CASE("series: nothing is carried over a reboot") {
    Tape tape;
    const auto who = sample::roster(1);
    const auto rebooted = changed(who, [](Roster& r) { r.host.boot_id = "another"; });
    const auto host = [](std::uint64_t value) { return [value](Frame& f) { f.set(0, HostMetric::cpu_user, value); }; };
    tape.add(0, who, host(10));
    tape.add(1, who, host(20));
    tape.add(2, rebooted, host(5000));
    tape.add(3, rebooted, host(5001));
    CHECK(averages(tape, {.columns = {column("cpu_user", Scope::Host)}}) == Values{none, 10, none, 1});
}

TEST_CASE("series: an agent that was restarted counts anew, whatever its counter says") {
    Tape tape;
    const auto who = sample::roster(1);
    const auto agent = [](std::uint64_t start, std::uint64_t value) {
        return [=](Frame& f) {
            f.set(0, AgentMetric::start_time, start);
            f.set(0, AgentMetric::cpu_time, value);
        };
    };
    tape.add(0, who, agent(1, 10));
    tape.add(1, who, agent(1, 20));
    tape.add(2, who, agent(2, 5000));
    tape.add(3, who, agent(2, 5003));
    CHECK(averages(tape, {.columns = {column("agent.cpu_time", Scope::Host)}}) == Values{none, 10, none, 3});
}

namespace {

// Guest 0 has a second disk, vdb, in row 1.
RosterPtr two_disks(const RosterPtr& who) {
    return changed(who, [](Roster& r) {
        r.disks.insert(r.disks.begin() + 1, {.guest = 0, .name = "vdb", .source = ""});
        r.guests[0].disks = 2;
        for (std::size_t g = 1; g < r.guests.size(); ++g) ++r.guests[g].first_disk;
    });
}

auto reads(std::uint64_t first, std::uint64_t second) {
    return [=](Frame& frame) {
        frame.set(0, DiskMetric::read_bytes, first);
        frame.set(1, DiskMetric::read_bytes, second);
    };
}

}  // namespace

TEST_CASE("series: a sum over disks is a sum of rates: plugging is no spike, unplugging no dip") {
    Tape tape;
    const auto one = sample::roster(1);
    const auto two = two_disks(one);
    tape.add(0, one, [](Frame& f) { f.set(0, DiskMetric::read_bytes, 100); });
    tape.add(1, one, [](Frame& f) { f.set(0, DiskMetric::read_bytes, 110); });
    tape.add(2, two, reads(120, 1'000'000));
    tape.add(3, two, reads(130, 1'000'005));
    tape.add(4, one, [](Frame& f) { f.set(0, DiskMetric::read_bytes, 140); });
    tape.add(5, two, reads(150, 5'000'000));  // plugged again under the same name
    tape.add(6, two, reads(160, 5'000'001));
    CHECK(of_guest(tape, one, "disk.read_bytes") == Values{none, 10, 10, 15, 10, 10, 11});
    CHECK(of_guest(tape, one, "disk.vdb.read_bytes") == Values{none, none, none, 5, none, none, 1});
    CHECK(of_guest(tape, one, "disk.vda0.read_bytes") == Values{none, 10, 10, 10, 10, 10, 10});
    CHECK(of_guest(tape, one, "disk.nothere.read_bytes") == Values{none, none, none, none, none, none, none});
    const auto series = read(
        tape, {.guest = one->guests[0].uuid, .columns = {column("disk.vdb.read_bytes"), column("disk.no.read_ops")}});
    CHECK(series.met == std::vector{true, false});
}

TEST_CASE("series: a sum is unknown while one of its counters is without a rate") {
    Tape tape;
    const auto who = two_disks(sample::roster(1));
    tape.add(0, who, reads(100, 100));
    tape.add(1, who, reads(110, 50));  // back
    tape.add(2, who, reads(120, 60));
    tape.add(3, who);  // neither is known
    tape.add(4, who, reads(140, 90));
    CHECK(of_guest(tape, who, "disk.read_bytes") == Values{none, none, 20, none, 25});
}

TEST_CASE("series: only the guest's own rows count; without a guest, all of them") {
    Tape tape;
    const auto who = sample::roster(3);
    tape.add(0, who, [](Frame& f) {
        for (std::size_t r = 0; r < 3; ++r) f.set(r, NicMetric::rx_bytes, 0);
    });
    tape.add(1, who, [](Frame& f) {
        for (std::size_t r = 0; r < 3; ++r) f.set(r, NicMetric::rx_bytes, r == 0 ? 1 : 10 * r);
    });
    CHECK(averages(tape, {.guest = who->guests[1].uuid, .columns = {column("nic.rx_bytes")}}) == Values{none, 10});
    CHECK(averages(tape, {.columns = {column("nic.rx_bytes", Scope::Host)}}) == Values{none, 31});
}

TEST_CASE("series: a guest is followed by identity where its row moves") {
    Tape tape;
    const auto who = sample::roster(2);
    const auto moved = changed(who, [](Roster& r) { std::swap(r.guests[0].uuid, r.guests[1].uuid); });
    tape.add(0, who, cpu(100));
    tape.add(1, moved, [](Frame& f) {
        f.set(0, GuestMetric::cpu_time, 9999);
        f.set(1, GuestMetric::cpu_time, 107);
    });
    CHECK(of_guest(tape, who, "cpu_time") == Values{none, 7});
}

TEST_CASE("series: steps hold the readings after their beginning up to their end; without one they are gaps") {
    Tape tape;
    const auto who = sample::roster(1);
    for (const unsigned second : {0U, 1U, 2U, 3U, 4U, 15U, 16U}) tape.add(second, who, cpu(100 * second * second));
    const auto series = read(tape, {.guest = who->guests[0].uuid, .step = 2s, .columns = {column("cpu_time")}});
    REQUIRE(series.times.size() == 8);
    CHECK(series.times[0] == at(0));
    CHECK(series.times[7] == at(14));
    const auto& points = series.columns[0];
    CHECK(points[0].readings == 2);
    CHECK(points[0].average() == doctest::Approx(200));
    CHECK(points[0].min == doctest::Approx(100));
    CHECK(points[0].max == doctest::Approx(300));
    CHECK(points[1].last == doctest::Approx(700));
    for (std::size_t i = 2; i < 7; ++i) CHECK(!points[i].average());
    // A second of the gap's rate (1900) and one of the last (3100): the gap before the step has no weight.
    CHECK(points[7].average() == doctest::Approx(2500));
    CHECK(series.frames == 7);
    CHECK(series.lost == 0);
}

TEST_CASE("series: an average is over time, not over readings") {
    Tape tape;
    const auto who = sample::roster(1);
    tape.add(0, who, cpu(0));
    tape.add(9, who, cpu(0));
    tape.add(10, who, cpu(1000));
    const auto series = read(tape, {.guest = who->guests[0].uuid, .step = 10s, .columns = {column("cpu_time")}});
    CHECK(series.columns[0][0].average() == doctest::Approx(100));
    const auto frames = read(tape, {.guest = who->guests[0].uuid, .columns = {column("cpu_time")}});
    CHECK(summarize(frames.columns[0]).average() == doctest::Approx(100));
}

TEST_CASE("series: percentiles are readings, per step and over all") {
    Tape tape;
    const auto who = sample::roster(1);
    std::uint64_t counted = 0;
    for (unsigned i = 0; i <= 100; ++i) tape.add(i, who, cpu(counted += i));
    const SeriesQuery query{
        .guest = who->guests[0].uuid, .step = 50s, .columns = {column("cpu_time")}, .keep_values = true};
    const auto series = read(tape, query);
    REQUIRE(series.columns[0].size() == 2);
    CHECK(series.columns[0][0].percentile(50) == doctest::Approx(25).epsilon(1e-3));
    CHECK(series.columns[0][1].percentile(100) == doctest::Approx(100).epsilon(1e-3));
    const Point all = summarize(series.columns[0]);
    CHECK(all.readings == 100);
    CHECK(all.percentile(95) == doctest::Approx(95).epsilon(1e-3));
    CHECK(all.percentile(50) == doctest::Approx(50).epsilon(1e-3));
    CHECK(all.percentile(0.1) == doctest::Approx(1).epsilon(1e-3));
    CHECK(all.min == doctest::Approx(1));
    CHECK(all.max == doctest::Approx(100));
    CHECK(all.last == doctest::Approx(100));
    CHECK(all.average() == doctest::Approx(50.5));
    CHECK(!Point{}.percentile(50));
    CHECK(!summarize({}).known());
}

TEST_CASE("series: a guest that is away is a gap, and its counter goes on when it is the same one") {
    Tape tape;
    const auto who = sample::roster(2);
    const auto without = changed(who, [](Roster& r) {
        r = *sample::roster(2);
        r.guests.erase(r.guests.begin());
        for (const GuestList& list : guest_lists) {
            (r.*list.all).clear();
            r.guests[0].*list.first = r.guests[0].*list.count = 0;
        }
    });
    tape.add(0, who, cpu(0));
    tape.add(1, who, cpu(10));
    tape.add(2, without);
    tape.add(3, without);
    tape.add(4, who, cpu(40));
    CHECK(of_guest(tape, who, "cpu_time", 1s) == Values{10, none, none, 10});
}

TEST_CASE("series: wrong queries and empty ranges are said") {
    Tape tape;
    auto reader = tape.reader();
    CHECK(read_series(reader, {}).error().kind == ErrorKind::absent);
    const auto who = sample::roster(1);
    tape.add(0, who, cpu(1));
    tape.add(1000, who, cpu(2));
    CHECK(read_series(reader, {.step = 1ns}).error().kind == ErrorKind::malformed);
    CHECK(read_series(reader, {.step = -1s}).error().kind == ErrorKind::malformed);
    const auto nothing = read_series(reader, {.range = {.from = at(2000), .to = at(3000)}});
    CHECK(nothing.error().kind == ErrorKind::absent);
    CHECK(nothing.error().message.find("2023-11-14") != std::string::npos);
    CHECK(read(tape, {.step = 1000s}).times.size() == 1);
    CHECK(read(tape, {.range = {.from = at(500), .to = at(600)}, .step = 10s, .columns = {column("cpus", Scope::Host)}})
              .times.size() == 10);
}

TEST_CASE("columns: names of metrics") {
    CHECK(column("cpu_time") == Column{Scope::Guest, static_cast<std::size_t>(GuestMetric::cpu_time), ""});
    CHECK(column("guest.cpu_time") == column("cpu_time"));
    CHECK(column("disk.vda.read_bytes") ==
          Column{Scope::Disk, static_cast<std::size_t>(DiskMetric::read_bytes), "vda"});
    CHECK(column("nic.eth0.17.rx_bytes").instance == "eth0.17");
    CHECK(column("vcpu.0.wait").instance == "0");
    CHECK(column("filesystem./srv/a.b.used_bytes").instance == "/srv/a.b");
    CHECK(column("display.vnc.exposed").scope == Scope::Display);
    CHECK(column("node.0.memory_free", Scope::Host).instance == "0");
    CHECK(column("load1", Scope::Host).scope == Scope::Host);
    CHECK(column("agent.cpu_time", Scope::Host).scope == Scope::Agent);
    for (const char* name : {"cpu_time", "disk.read_bytes", "disk.vda.read_bytes", "nic.a.b.rx_bytes"}) {
        CHECK(column_name(column(name), Scope::Guest) == name);
    }
    for (const char* text :
         {"", ".", "..", "cpu", "cpu_time.", ".cpu_time", "disk", "disk.", "disk..read_bytes", "disk.vda", "host.load1",
          "agent.cpu_time", "node.0.memory_free", "guest.web.cpu_time", "read_bytes", "disk.vda.cpu_time", "\x1b[1m"}) {
        CAPTURE(text);
        const auto refused = parse_column(text, Scope::Guest);
        REQUIRE(!refused.has_value());
        CHECK(refused.error().kind == ErrorKind::malformed);
        CHECK(refused.error().message.find('\x1b') == std::string::npos);
    }
}

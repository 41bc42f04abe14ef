#include "exporters/collectd/feed.h"

#include <doctest/doctest.h>

#include <cstdlib>

#include "core/clock.h"
#include "core/ring/writer.h"
#include "tests/exporters/collectd/heard.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::collectd;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t second = 1'000'000'000;

// A ring of which second 0 was some time ago by the clocks of now.
class Past {
public:
    explicit Past(std::int64_t seconds_ago)
        : zero_{.realtime = read_now().realtime - seconds_ago * second,
                .monotonic = read_now().monotonic - seconds_ago * second,
                .boot_id = read_now().boot_id} {
        auto writer = RingWriter::open(ring(), 4 << 20);
        REQUIRE(writer);
        writer_ = std::move(*writer);
        who_ = sample::changed(running(2), [&](Roster& roster) { roster.host.boot_id = zero_.boot_id; });
    }

    std::string ring() const { return folder_.file("ring"); }
    std::string state() const { return folder_.file("position"); }
    std::int64_t time(std::int64_t n) const { return zero_.realtime + n * second; }
    // `late`: how much later than in its second each is taken, in ns.
    void write(std::int64_t from, std::int64_t to, const std::vector<Event>& events = {}, std::int64_t late = 0) {
        for (std::int64_t n = from; n <= to; ++n) {
            Frame frame;
            frame.realtime = time(n) + late;
            frame.monotonic = zero_.monotonic + n * second + late;
            frame.reset(who_);
            frame.set(0, AgentMetric::tick_interval, second);
            for (std::size_t row = 0; row < 2; ++row) frame.set(row, GuestMetric::cpu_time, static_cast<std::uint64_t>(n));
            frame.events = events;
            REQUIRE(writer_->publish(frame));
        }
    }
    Uuid guest() const { return who_->guests[0].uuid; }

    Options options(std::int64_t back_fill = 86400) const {
        Options options;
        options.ring = ring();
        options.state_file = state();
        options.back_fill = std::chrono::seconds(back_fill);
        return options;
    }
    Feed feed(std::chrono::nanoseconds interval, std::int64_t back_fill = 86400) const {
        return Feed(options(back_fill), {}, "host", interval);
    }
    // Seconds whose samples were heard.
    std::vector<std::int64_t> heard(const Heard& heard) const {
        std::vector<std::int64_t> all;
        for (const std::int64_t at : heard.times("guest-1-0/virtscope/virt_cpu_total")) all.push_back((at - time(0) + second / 2) / second);
        return all;
    }

private:
    Now zero_;
    sample::Directory folder_;
    std::optional<RingWriter> writer_;
    RosterPtr who_;
};

using Seconds = std::vector<std::int64_t>;

Seconds every(std::int64_t step, std::int64_t from, std::int64_t to) {
    Seconds all;
    for (std::int64_t n = from; n <= to; n += step) all.push_back(n);
    return all;
}

constexpr std::chrono::nanoseconds turn = 1ms;

// At least twice, in intervals that are not the same.
void read_turns(Feed& feed, Heard& heard) {
    const std::int64_t end = clock_ns(CLOCK_MONOTONIC) + 5 * turn.count();
    while (clock_ns(CLOCK_MONOTONIC) < end) feed.read(heard);
    feed.read(heard);
}

}  // namespace

TEST_CASE("each sample once, at collectd's interval, with its own time") {
    Past past(100);
    past.write(1, 5);
    Feed feed = past.feed(10s);
    Heard heard;
    feed.read(heard);
    CHECK(past.heard(heard) == Seconds{5});  // who comes for the first time begins with what is
    const std::int64_t off = heard.times("guest-1-0/virtscope/virt_cpu_total")[0] - past.time(5);
    CHECK(std::abs(off) <= 16'384);  // what a ring keeps rows' times to
    for (std::int64_t n = 6; n < 50; n += 4) {
        past.write(n, n + 3);
        feed.read(heard);
        feed.read(heard);
    }
    CHECK(past.heard(heard) == Seconds{5, 15, 25, 35, 45});
    CHECK(heard.samples.at("guest-1-0/virtscope/virt_cpu_total")[1].interval == 10 * second);
}

TEST_CASE("an agent slower than collectd gives each of its samples, at its interval") {
    Past past(100);
    past.write(1, 1);
    Feed feed(past.options(), {}, "host", 100ms);
    Heard heard;
    feed.read(heard);
    past.write(2, 4);
    feed.read(heard);
    feed.read(heard);
    CHECK(past.heard(heard) == Seconds{1, 2, 3, 4});
    CHECK(heard.samples.at("guest-1-0/virtscope/virt_cpu_total")[1].interval == second);
}

TEST_CASE("a tick that is late costs neither itself nor the next one") {
    for (const std::chrono::nanoseconds interval : {1'000'000'000ns, 999'999'999ns, 1'000'000'001ns}) {
        Past past(100);
        past.write(1, 2);
        Feed feed = past.feed(interval);
        Heard heard;
        feed.read(heard);
        past.write(3, 3, {}, 480'000'000);
        past.write(4, 4, {}, 20'000'000);
        past.write(5, 5, {}, 499'000'000);
        past.write(6, 6);
        feed.read(heard);
        CHECK(past.heard(heard) == Seconds{2, 3, 4, 5, 6});
    }
    Past past(100);
    past.write(1, 10);
    Feed feed = past.feed(10s);
    Heard heard;
    feed.read(heard);
    past.write(11, 19);
    past.write(20, 20, {}, 400'000'000);
    past.write(21, 29);
    past.write(30, 30, {}, 1'000'000);
    feed.read(heard);
    CHECK(past.heard(heard) == Seconds{10, 20, 30});
}

TEST_CASE("back-fill: what was missed while nobody read is sent afterwards, all of it, once, with its times") {
    Past past(700);
    past.write(1, 20);
    Heard heard;
    past.feed(1s).read(heard);
    past.write(21, 600);
    Feed again = past.feed(1s);
    int reads = 0;
    for (; past.heard(heard).back() < 600 && reads < 50; ++reads) again.read(heard);
    again.read(heard);
    CHECK(past.heard(heard) == every(1, 20, 600));
    CHECK(reads > 5);  // half an interval each
    CHECK(heard.says("") == false);
}

TEST_CASE("back-fill at collectd's interval") {
    Past past(700);
    past.write(1, 20);
    Heard heard;
    past.feed(10s).read(heard);
    past.write(21, 600);
    past.feed(10s).read(heard);
    const Seconds seconds = past.heard(heard);
    CHECK(seconds == [] {
        Seconds expected{20};
        for (const std::int64_t n : every(10, 21, 600)) expected.push_back(n);
        return expected;
    }());
}

TEST_CASE("BackFill bounds how old a sample may be") {
    Past past(300);
    past.write(1, 20);
    Heard heard;
    past.feed(1s, 100).read(heard);
    CHECK(past.heard(heard) == Seconds{20});
    past.write(21, 280);
    Feed again = past.feed(1s, 100);
    for (int reads = 0; reads < 4; ++reads) again.read(heard);
    const Seconds seconds = past.heard(heard);
    CHECK(seconds.size() > 70);
    CHECK(seconds[1] >= 197);
    CHECK(seconds[1] <= 200);
    CHECK(seconds.back() == 280);
}

TEST_CASE("events between two samples of a series are told, once") {
    Past past(100);
    past.write(1, 1);
    Feed feed = past.feed(10s);
    Heard heard;
    feed.read(heard);
    heard.notifications.clear();
    past.write(2, 2, {{EventKind::guest_state, past.guest(), "guest-1-0", "running -> paused"}});
    past.write(3, 4);
    feed.read(heard);
    feed.read(heard);
    past.feed(10s).read(heard);
    std::size_t told = 0;
    for (const HeardNotification& one : heard.notifications) told += one.type == "domain_state";
    CHECK(told == 1);
    CHECK(past.heard(heard) == Seconds{1});
}

TEST_CASE("an agent that is away is told once, and once that it is back") {
    Past past(10);
    past.write(1, 2);
    Feed feed = past.feed(1s);
    Heard heard;
    const auto severities = [&] {
        std::vector<Severity> all;
        for (const HeardNotification& one : heard.notifications) all.push_back(one.severity);
        return all;
    };
    for (int reads = 0; reads < 3; ++reads) feed.read(heard);
    CHECK(severities() == std::vector{Severity::failure});
    CHECK(heard.notifications[0].host == "host");
    CHECK(heard.notifications[0].message.contains("does virtscoped run?"));
    past.write(3, 10);
    for (int reads = 0; reads < 3; ++reads) feed.read(heard);
    CHECK(severities() == std::vector{Severity::failure, Severity::okay});
}

TEST_CASE("a ring that is not there is an agent that is away") {
    sample::Directory folder;
    Options options;
    options.ring = folder.file("none");
    Feed feed(options, {}, "host", 1s);
    Heard heard;
    feed.read(heard);
    feed.read(heard);
    REQUIRE(heard.notifications.size() == 1);
    CHECK(heard.notifications[0].message.contains("none: no such ring"));
    for (const auto& [identifier, samples] : heard.samples)
        CHECK(identifier.starts_with("host/virt_exporter-collectd/"));
}

TEST_CASE("a state file that is none or cannot be written is said once, and values flow") {
    Past past(3);
    past.write(1, 1);
    sample::write_all(past.state(), "nonsense");
    Heard heard;
    past.feed(1s).read(heard);
    CHECK(heard.says("not a position in a ring"));
    CHECK(past.heard(heard) == Seconds{1});
    Options options = past.options();
    options.state_file = "/proc/nowhere/position";
    Feed feed(options, {}, "host", 1s);
    Heard second_heard;
    for (std::int64_t n = 2; n < 5; ++n) {
        past.write(n, n);
        feed.read(second_heard);
    }
    CHECK(second_heard.lines.size() == 1);
    CHECK(past.heard(second_heard) == Seconds{2, 3, 4});
}

TEST_CASE("of itself it speaks once in an interval of the clock, and not in that in which it began") {
    Past past(100);
    past.write(90, 100);
    Feed feed = past.feed(std::chrono::hours(10'000));
    Heard heard;
    for (int reads = 0; reads < 3; ++reads) feed.read(heard);
    CHECK(heard.has("guest-1-0/virtscope/virt_cpu_total"));
    CHECK(!heard.has("host/virt_exporter-collectd/derive-frames"));
}

TEST_CASE("what it says of itself: how far behind it is, what it lost, what it costs") {
    Past past(100);
    past.write(90, 100);
    Feed feed = past.feed(turn);
    Heard heard;
    read_turns(feed, heard);
    past.write(101, 102);
    read_turns(feed, heard);
    const std::string folder = "host/virt_exporter-collectd/";
    CHECK(heard.value(folder + "derive-frames").derive == 3);  // the newest one at first, and two
    CHECK(heard.value(folder + "derive-frames_lost").derive == 0);
    CHECK(heard.value(folder + "derive-errors").derive == 0);
    CHECK(heard.value(folder + "derive-samples").derive >= 6);
    CHECK(heard.value(folder + "virt_cpu_total").derive > 0);
    CHECK(heard.value(folder + "duration-lag").gauge >= 0);
    CHECK(heard.value(folder + "duration-lag").gauge < 60);
    CHECK(heard.samples.at(folder + "derive-frames").back().interval == turn.count());
    const auto times = heard.times(folder + "derive-frames");
    for (const std::int64_t time : times) CHECK(time % turn.count() == 0);
    CHECK(std::ranges::adjacent_find(times, std::greater_equal()) == times.end());
    CHECK(!heard.has(folder + "memory-resident_memory"));  // it would be collectd's
}

TEST_CASE("in a process of its own it also says how much memory that has") {
    Past past(100);
    past.write(90, 100);
    Feed feed(past.options(), {}, "host", turn, in_exec_child);
    Heard heard;
    read_turns(feed, heard);
    CHECK(heard.value("host/virt_exporter-collectd-exec/memory-resident_memory").gauge > 100'000);
    CHECK(heard.value("host/virt_exporter-collectd-exec/virt_cpu_total").derive > 0);
}

TEST_CASE("a ring that cannot be read is an error, and there is no lag to tell") {
    Past past(100);
    Options options = past.options();
    options.ring = past.ring() + ".none";
    Feed feed(options, {}, "host", turn);
    Heard heard;
    read_turns(feed, heard);
    CHECK(heard.value("host/virt_exporter-collectd/derive-errors").derive >= 2);
    CHECK(!heard.has("host/virt_exporter-collectd/duration-lag"));
}

TEST_CASE("who passes for virt says nothing of itself unless asked") {
    for (const bool asked : {false, true}) {
        Past past(100);
        past.write(90, 100);
        Options options = past.options();
        options.plugin = "virt";
        if (asked) REQUIRE(set_option(options, "ExtraStats", "exporter"));
        Feed feed(options, {}, "host", turn);
        Heard heard;
        read_turns(feed, heard);
        CHECK(heard.has("guest-1-0/virt/virt_cpu_total"));
        CHECK(heard.has("host/virt_exporter-collectd/derive-frames") == asked);
    }
}

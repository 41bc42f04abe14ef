#include "exporters/rrd/stepper.h"

#include <doctest/doctest.h>

#include <map>

#include "tests/core/tape.h"

using namespace virtscope;
using namespace virtscope::exporters;
using namespace virtscope::exporters::rrd;

namespace {

constexpr std::uint64_t rate = 1000;  // of the counter below, a second

// "guest.rrd" of the only guest, as native files have it; only CPU time and resident memory are known.
struct Value {
    std::string cpu, memory;
    bool anew;

    bool operator==(const Value&) const = default;
};
using Values = std::map<std::int64_t, Value>;  // by the end of the step, s of the tape

std::string field(std::string_view text, std::size_t number) {
    for (; number > 0; --number) text.remove_prefix(text.find(':', 1));
    return std::string(text.substr(1, text.find(':', 1) - 1));
}

class Scene {
public:
    explicit Scene(int step = 10)
        : stepper_({.step = std::chrono::seconds(step)}, Layout({.collectd = false}, {}), {}) {}

    RosterPtr roster = sample::roster(1);
    std::int64_t clock = 0;      // ns that the wall clock is ahead
    std::uint64_t interval = 1;  // s, as the agent tells it
    std::optional<Position> resume;

    void add(double seconds, std::optional<std::uint64_t> cpu, std::optional<std::uint64_t> memory = 5) {
        Frame frame;
        frame.sequence = ++sequence_;
        frame.realtime = sample::at(seconds) + clock;
        frame.monotonic = static_cast<std::int64_t>((seconds + 1000) * 1e9);
        frame.reset(roster);
        frame.set(0, AgentMetric::tick_interval, interval * 1'000'000'000);
        if (cpu) frame.set(0, GuestMetric::cpu_time, *cpu);
        if (memory) frame.set(0, GuestMetric::memory_resident, *memory);
        take(frame);
    }
    // A frame each second in which the counter is `offset` + rate a second.
    void ramp(int from, int to, std::uint64_t offset = 0, double fraction = 0.25) {
        for (int s = from; s <= to; ++s)
            add(s + fraction, offset + static_cast<std::uint64_t>((s + fraction) * static_cast<double>(rate)));
    }
    const Values& values() const { return values_; }
    Value at(std::int64_t second) const {
        const auto found = values_.find(second);
        return found == values_.end() ? Value{"-", "-", false} : found->second;
    }
    std::uint64_t past() const { return stepper_.frames_in_the_past(); }

private:
    void take(const Frame& frame) {
        const std::string path = roster->guests[0].uuid.text() + "/guest.rrd";
        for (const Step& step : stepper_.take(frame)) {
            CHECK(step.end > last_);
            last_ = step.end;
            resume = step.resume;
            for (const StepValue& value : step.values) {
                if (value.series->path() != path) continue;
                const auto text = std::string_view(step.text).substr(value.begin, value.length);
                const auto cpu = static_cast<std::size_t>(GuestMetric::cpu_time);
                const auto memory = static_cast<std::size_t>(GuestMetric::memory_resident);
                values_[step.end - sample::epoch / sample::second] = {field(text, cpu), field(text, memory),
                                                                      value.anew};
            }
        }
    }

    Stepper stepper_;
    Values values_;
    std::int64_t last_ = 0;
    std::uint64_t sequence_ = 0;
};

}  // namespace

TEST_CASE("a counter is given as it was at the step's very end") {
    Scene scene;
    scene.ramp(3, 45);
    CHECK(scene.values() == Values{{10, {"10000", "5", true}},
                                   {20, {"20000", "5", false}},
                                   {30, {"30000", "5", false}},
                                   {40, {"40000", "5", false}}});
}

TEST_CASE("a frame at the step's end closes it") {
    Scene scene;
    scene.ramp(3, 20, 0, 0);
    CHECK(scene.at(10) == Value{"10000", "5", true});
    CHECK(scene.at(20) == Value{"20000", "5", false});
    CHECK(scene.values().size() == 2);
}

TEST_CASE("a gauge is the mean of the step's readings") {
    Scene scene;
    for (int s = 0; s <= 20; ++s) scene.add(s, 0, static_cast<std::uint64_t>(s));
    CHECK(scene.at(10).memory == "5.5");  // 1 to 10
    CHECK(scene.at(20).memory == "15.5");
}

TEST_CASE("what is not known is U, and a file of which nothing is known is not written") {
    Scene scene;
    for (int s = 0; s <= 25; ++s) scene.add(s, s < 12 ? std::nullopt : std::optional<std::uint64_t>(s), {});
    CHECK(scene.at(10) == Value{"-", "-", false});
    CHECK(scene.at(20) == Value{"20", "U", true});
}

TEST_CASE("a guest that starts anew continues nothing, even if its counter is past the old one by then") {
    Scene scene;
    scene.ramp(0, 13);
    scene.roster = sample::changed(scene.roster, [](Roster& roster) { ++roster.guests[0].generation; });
    scene.ramp(15, 32, 1'000'000'000);
    CHECK(scene.at(10).cpu == "10000");
    CHECK(scene.at(20) == Value{"1000020000", "5", true});
    CHECK(scene.at(30) == Value{"1000030000", "5", false});
}

TEST_CASE("a guest that is renamed goes on") {
    Scene scene;
    scene.ramp(0, 13);
    scene.roster = sample::changed(scene.roster, [](Roster& roster) { roster.guests[0].name = "other"; });
    scene.ramp(14, 32);
    CHECK(scene.at(20) == Value{"20000", "5", false});
}

TEST_CASE("a counter that went back is not continued") {
    Scene scene;
    scene.ramp(0, 13, 500'000);
    scene.ramp(14, 32);
    CHECK(scene.at(20) == Value{"20000", "5", true});
    CHECK(scene.at(30) == Value{"30000", "5", false});
}

TEST_CASE("a counter that went back just over a step's end is unknown there, and then begins") {
    Scene scene;
    scene.ramp(0, 19, 500'000);
    scene.ramp(20, 42);
    CHECK(scene.at(20).cpu == "U");
    CHECK(scene.at(30) == Value{"30000", "5", true});
    CHECK(scene.at(40) == Value{"40000", "5", false});
}

TEST_CASE("over a gap nothing is made up") {
    Scene scene;
    scene.ramp(0, 12);
    scene.ramp(95, 125);
    CHECK(scene.values().size() == 4);  // 10, 100, 110, 120
    CHECK(scene.at(100) == Value{"100000", "5", true});
    CHECK(scene.at(110) == Value{"110000", "5", false});
}

TEST_CASE("an agent that samples more seldom than the step fills every step") {
    Scene scene;
    scene.interval = 30;
    for (int s = 5; s <= 125; s += 30) scene.add(s, static_cast<std::uint64_t>(s) * rate);
    for (int s = 10; s <= 120; s += 10) {
        CHECK(scene.at(s) == Value{std::to_string(s * 1000), "5", s == 10});
    }
}

TEST_CASE("a clock that is set forward makes no rate over the hour that never was") {
    Scene scene;
    scene.ramp(0, 12);
    scene.clock = 3600 * sample::second;
    scene.ramp(13, 42);
    CHECK(scene.values().size() == 4);  // 10, 3620, 3630, 3640
    CHECK(scene.at(3620) == Value{"20000", "5", true});
    CHECK(scene.at(3630) == Value{"30000", "5", false});
}

TEST_CASE("a clock that is set back repeats nothing: it is left out, and counted, until time has passed the last one") {
    Scene scene;
    scene.ramp(0, 32);
    scene.clock = -15 * sample::second;
    scene.ramp(33, 58);
    CHECK(scene.past() > 0);
    CHECK(scene.at(30) == Value{"30000", "5", false});
    CHECK(scene.at(40) == Value{"55000", "5", true});
}

TEST_CASE("a reboot is a beginning") {
    Scene scene;
    scene.ramp(0, 12);
    scene.roster = sample::changed(scene.roster, [](Roster& roster) { roster.host.boot_id = "later"; });
    scene.ramp(13, 32, 1'000'000);
    CHECK(scene.at(20) == Value{"1020000", "5", true});
}

TEST_CASE("who goes on after the place to resume at comes to the same values") {
    Scene first;
    first.ramp(0, 33);
    REQUIRE(first.resume);
    // The last step closed was 30, between frame 30 (29.25) and frame 31 (30.25): frame 29 was before them.
    CHECK(first.resume->sequence == 29);
    Scene second;
    second.ramp(29, 45);  // the frames after it
    CHECK(second.at(30).cpu == first.at(30).cpu);
    CHECK(second.at(40) == Value{"40000", "5", false});
}

TEST_CASE("a short step is as good") {
    Scene scene(1);
    scene.ramp(0, 5);
    CHECK(scene.at(1).cpu == "1000");
    CHECK(scene.at(2) == Value{"2000", "5", false});
}

// Sources on real rings and on the simulated host; output on real files.
#include "top/source/source.h"

#include <algorithm>
#include <cstdlib>

#include <unistd.h>

#include <doctest/doctest.h>

#include "builder.h"
#include "core/freshness.h"
#include "core/ring/writer.h"
#include "tests/core/sample.h"
#include "top/print/output.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t ring_bytes = 1 << 20;

// A ring whose frames are a second apart; the newest is `age` old by this machine's clocks.
class Agent {
public:
    explicit Agent(const std::string& path) : writer_(*RingWriter::open(path, ring_bytes)) {
        auto roster = std::make_shared<Roster>(*roster_of(guests_));
        roster->host.boot_id = read_now().boot_id;
        roster_ = std::move(roster);
    }

    void publish(std::chrono::nanoseconds age, std::uint64_t cpu_time) {
        const Now now = read_now();
        Frame frame = frame_of(guests_, roster_, 0);
        frame.realtime = now.realtime - age.count();
        frame.monotonic = now.monotonic - age.count();
        for (Table& table : frame.tables) {
            for (std::size_t row = 0; row < table.rows(); ++row) table.row(row).time = frame.monotonic;
        }
        frame.set(0, GuestMetric::cpu_time, cpu_time);
        REQUIRE(writer_.publish(frame));
    }

private:
    std::vector<GuestSpec> guests_{{.name = "a"}};
    RosterPtr roster_;
    RingWriter writer_;
};

}  // namespace

TEST_CASE("a live ring gives rates at the first look") {
    const sample::Directory folder;
    Agent agent(folder.file("ring"));
    for (int i = 4; i >= 0; --i) agent.publish(i * 1s, static_cast<std::uint64_t>(4 - i) * second);
    auto source = open_ring_source(folder.file("ring"));
    REQUIRE(source);
    const auto picture = (*source)->look(3s);
    REQUIRE(picture);
    CHECK(picture->is_new);
    CHECK(picture->has_rates);
    CHECK(picture->notice.empty());
    CHECK(picture->pair.interval() >= 3 * second - second / 10);
    CHECK(picture->pair.interval() < 4 * second + second / 2);
    CHECK(*picture->pair.rate(0, GuestMetric::cpu_time) == doctest::Approx(1e9).epsilon(0.05));
    CHECK((*source)->more_to_come());

    const auto again = (*source)->look(3s);
    REQUIRE(again);
    CHECK_FALSE(again->is_new);
    CHECK(again->pair.now() == picture->pair.now());
}

TEST_CASE("pictures one after the other leave no frame out") {
    const sample::Directory folder;
    Agent agent(folder.file("ring"));
    agent.publish(5s, 0);
    auto source = open_ring_source(folder.file("ring"));
    REQUIRE(source);
    const auto first = (*source)->look(1s);
    REQUIRE(first);
    CHECK_FALSE(first->has_rates);
    agent.publish(2s, 1);
    agent.publish(1s, 2);
    agent.publish(0s, 3);
    const auto second_look = (*source)->look(1s);
    REQUIRE(second_look);
    CHECK(second_look->pair.before() == first->pair.now());
    CHECK(second_look->frame().get(0, GuestMetric::cpu_time) == 3u);
}

TEST_CASE("a ring whose agent is silent is shown and said to be old") {
    const sample::Directory folder;
    Agent agent(folder.file("ring"));
    agent.publish(13s, 0);
    agent.publish(12s, second);
    auto source = open_ring_source(folder.file("ring"));
    REQUIRE(source);
    const auto picture = (*source)->look(1s);
    REQUIRE(picture);
    CHECK(picture->notice == "agent silent for 12 s: this is what it saw last");
    CHECK(picture->has_rates);
    CHECK_FALSE((*source)->more_to_come());
}

TEST_CASE("a ring from the future has no age") {
    const sample::Directory folder;
    Agent agent(folder.file("ring"));
    agent.publish(-1h, 0);
    auto source = open_ring_source(folder.file("ring"));
    REQUIRE(source);
    const auto picture = (*source)->look(1s);
    REQUIRE(picture);
    CHECK_FALSE(picture->age);
    CHECK(picture->notice.find("future") != std::string::npos);
}

TEST_CASE("a ring asked for by name must be there; the default one need not") {
    const sample::Directory folder;
    const auto missing = choose_source({.uris = {}, .ring = folder.file("none")});
    REQUIRE_FALSE(missing);
    CHECK(missing.error().message.find(folder.file("none")) != std::string::npos);

    sample::write_all(folder.file("text"), std::string(10000, 'x'));
    const auto no_ring = choose_source({.uris = {}, .ring = folder.file("text")});
    REQUIRE_FALSE(no_ring);
    CHECK(no_ring.error().kind == ErrorKind::malformed);

    ::setenv("VIRTSCOPE_DEFAULT_URI", "test:///default?guests=3", 1);
    ::setenv("VIRTSCOPE_RING", folder.file("none").c_str(), 1);
    auto sampled = choose_source({});
    REQUIRE(sampled);
    CHECK((*sampled)->look(1s)->frame().roster->guests.size() == 3);
    CHECK((*sampled)->look(1s)->notice.empty());

    ::setenv("VIRTSCOPE_RING", folder.file("text").c_str(), 1);
    sampled = choose_source({});
    REQUIRE(sampled);
    CHECK((*sampled)->look(1s)->notice.starts_with("sampling without the agent: "));

    Agent agent(folder.file("ring"));
    agent.publish(0s, 0);
    ::setenv("VIRTSCOPE_RING", folder.file("ring").c_str(), 1);
    auto read = choose_source({});
    REQUIRE(read);
    CHECK((*read)->look(1s)->frame().roster->guests.size() == 1);
    CHECK((*read)->look(1s)->is_new == false);
    ::unsetenv("VIRTSCOPE_RING");
    ::unsetenv("VIRTSCOPE_DEFAULT_URI");
}

TEST_CASE("an unknown URI is refused, a known one sampled") {
    const auto unknown = choose_source({.uris = {"bad:///"}, .ring = {}});
    REQUIRE_FALSE(unknown);
    CHECK(unknown.error().message.starts_with("bad:///: "));
    auto known = choose_source({.uris = {"test:///default?guests=5"}, .ring = {}});
    REQUIRE(known);
    auto picture = (*known)->look(1s);
    REQUIRE(picture);
    CHECK(picture->frame().roster->guests.size() == 5);
    CHECK_FALSE(picture->has_rates);
    CHECK((*known)->more_to_come());
    // Asked again at once, it does not sample again.
    CHECK_FALSE((*known)->look(1s)->is_new);
}

TEST_CASE("the CSV file is a header and a line a picture; what cannot be written is an error") {
    const sample::Directory folder;
    sample::write_all(folder.file("csv"), "of yesterday");
    auto file = CsvFile::open({.file = folder.file("csv")}, {});
    REQUIRE(file);
    const Pair pair({{.name = "a"}});
    REQUIRE(file->append({.label = "vm", .picture = pair.picture()}));
    REQUIRE(file->append({.label = "vm", .picture = pair.picture()}));
    const std::string text = sample::read_all(folder.file("csv"));
    CHECK(text.starts_with("Hostname,Time,"));
    CHECK(std::count(text.begin(), text.end(), '\n') == 3);

    const auto full = CsvFile::open({.file = "/dev/full"}, {});
    REQUIRE_FALSE(full);
    CHECK(full.error().message == "write --csv /dev/full: No space left on device");
    const auto nowhere = CsvFile::open({.file = folder.file("none/csv")}, {});
    REQUIRE_FALSE(nowhere);
    CHECK(nowhere.error().message.find("/none/csv: No such file or directory") != std::string::npos);
}

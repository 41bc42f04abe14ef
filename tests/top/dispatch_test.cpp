// Orders out of the menu: to an agent that says what the test wants said, and a ring in which things happen or do not.
#include "top/orders/dispatch.h"

#include <atomic>
#include <thread>

#include <doctest/doctest.h>

#include "builder.h"
#include "core/clock.h"
#include "core/ring/writer.h"
#include "orders/wire.h"
#include "tests/agent/ctl_fake_agent.h"

using namespace virtscope;
using namespace virtscope::top;
using namespace virtscope::top::test;
using control::Outcome;
using sample::FakeAgent;

namespace {

using namespace std::chrono_literals;

const Subject web01{Uuid::derived("test", "web01", 0), "web01", 1, GuestState::running};

// A ring with web01 in it.
class WebRing {
public:
    WebRing() : path_(directory_.file("ring")), writer_(*RingWriter::open(path_, 1 << 20)) {}
    const std::string& path() const { return path_; }
    void show(GuestState state) {
        const std::vector<GuestSpec> guests{{.name = "web01", .state = state}};
        frame_ = frame_of(guests, roster_of(guests), 0);
        frame_.monotonic = clock_ns(CLOCK_MONOTONIC);
        REQUIRE(writer_.publish(frame_));
    }
    const Frame& frame() const { return frame_; }

private:
    sample::Directory directory_;
    std::string path_;
    RingWriter writer_;
    Frame frame_;
};

std::string answer_of(Outcome outcome, const std::string& error = {}) {
    return control::reply_line({.outcome = outcome, .error = error, .guest = web01.uuid, .name = "web01"}) + '\n';
}

Result<Errand> errand(Verb verb, const FakeAgent& agent, const std::string& ring = "/nonexistent/ring") {
    return Errand::start({.order = {web01, verb}, .socket = agent.path(), .ring = ring});
}

std::string last_word(const Errand& errand) {
    for (int i = 0; i < 500; ++i) {
        const auto report = errand.report();
        if (report.phase == ErrandReport::Phase::over) return report.text;
        std::this_thread::sleep_for(10ms);
    }
    return "not over: " + errand.report().text;
}

// Of a live ring, of a recording, …
class Source final : public SceneSource {
public:
    explicit Source(Result<std::string> ring) : ring_(std::move(ring)) {}
    Result<Scene> look(std::chrono::nanoseconds) override { return Scene(); }
    Result<Scene> at(std::int64_t, std::chrono::nanoseconds) override { return Scene(); }
    Result<Scene> go(Move, std::chrono::nanoseconds) override { return Scene(); }
    bool more_to_come() override { return true; }
    Result<std::string> ring_for_orders(std::size_t) const override { return ring_; }

private:
    Result<std::string> ring_;
};

}  // namespace

TEST_CASE("an order names the guest by UUID and is watched until the ring shows it") {
    WebRing ring;
    ring.show(GuestState::running);
    FakeAgent agent([](const std::string&) { return answer_of(Outcome::done); });
    const auto sent = errand(Verb::suspend, agent, ring.path());
    REQUIRE(sent);
    for (int i = 0; i < 300 && sent->report().phase == ErrandReport::Phase::sent; ++i)
        std::this_thread::sleep_for(10ms);
    CHECK(sent->report().phase == ErrandReport::Phase::accepted);
    CHECK(sent->report().text == "web01: suspend requested");
    ring.show(GuestState::paused);
    CHECK(last_word(*sent).starts_with("web01: paused after "));
    const auto wish = control::parse_wish(agent.heard().at(0));
    REQUIRE(wish);
    CHECK(wish->guest == web01.uuid.text());
    CHECK(wish->order.verb == Verb::suspend);
}

TEST_CASE("what the agent refuses is said in its words; whatever they are they stay in their line") {
    FakeAgent agent([](const std::string&) { return answer_of(Outcome::denied, "uid 1000 may not\x1b[2J"); });
    CHECK(last_word(*errand(Verb::destroy, agent)) == "uid 1000 may not?[2J");
    FakeAgent silent([](const std::string&) { return std::string(); });
    CHECK(last_word(*errand(Verb::destroy, silent)).starts_with("the agent went away without an answer"));
}

TEST_CASE("what was so already, and what no ring shows, is over with the answer") {
    FakeAgent agent([](const std::string&) { return answer_of(Outcome::already); });
    CHECK(last_word(*errand(Verb::suspend, agent)) == "web01: suspend: nothing to do, it is so already");
    FakeAgent willing([](const std::string&) { return answer_of(Outcome::done); });
    CHECK(last_word(*errand(Verb::reset, willing)) == "web01: reset requested");
    CHECK(last_word(*errand(Verb::suspend, willing)).starts_with("/nonexistent/ring: "));
}

TEST_CASE("whoever leaves does not wait for an agent that does not answer") {
    std::atomic<bool> answers = false;
    FakeAgent agent([&](const std::string&) {
        while (!answers) std::this_thread::sleep_for(5ms);
        return answer_of(Outcome::done);
    });
    const auto begin = std::chrono::steady_clock::now();
    CHECK(errand(Verb::suspend, agent)->report().phase == ErrandReport::Phase::sent);
    CHECK(std::chrono::steady_clock::now() - begin < 1s);
    answers = true;
}

TEST_CASE("why there are no orders") {
    const sample::Directory directory;
    const std::string ring = directory.file("ring");
    CHECK(why_no_orders(false, ring, {}) == "no orders: no agent at " + ring + ".control: is virtscoped running?");
    sample::write_all(ring + ".control", "");
    CHECK(why_no_orders(false, ring, {}).empty());
    CHECK(why_no_orders(false, ring, directory.file("none")).find("/none: is virtscoped running?") !=
          std::string::npos);
    CHECK(why_no_orders(true, ring, {}) == "no orders: virt-top runs with --readonly");
    CHECK(why_no_orders(false, fail(ErrorKind::unsupported, "no orders: past"), {}) == "no orders: past");
}

TEST_CASE("one order at a time; an order is not for the guest's next run") {
    WebRing ring;
    ring.show(GuestState::running);
    std::atomic<bool> answers = false;
    FakeAgent agent([&](const std::string&) {
        while (!answers) std::this_thread::sleep_for(5ms);
        return answer_of(Outcome::failed, "no");
    });
    const Source source(ring.path());
    Dispatch dispatch(source, agent.path(), false);
    CHECK(dispatch.why_none(0).empty());
    CHECK_FALSE(dispatch.news());
    Subject former = web01;
    former.generation = 9;
    CHECK(dispatch.give({former, Verb::reset}, ring.frame()) ==
          "web01: was started or ended meanwhile; nothing was done, look again");
    former.uuid = Uuid::derived("test", "gone", 0);
    CHECK(dispatch.give({former, Verb::reset}, ring.frame()) == "web01: is not there any more; nothing was done");
    CHECK_FALSE(dispatch.due());

    CHECK(dispatch.give({web01, Verb::reset}, ring.frame()).empty());
    CHECK(dispatch.due());
    CHECK(dispatch.why_none(0) == "the agent has not answered to the last order yet");
    CHECK(dispatch.news()->text == "web01: reset...");
    CHECK_FALSE(dispatch.news()->is_new);
    answers = true;
    auto news = dispatch.news();
    for (int i = 0; i < 300 && news && !news->is_last; ++i, news = dispatch.news()) std::this_thread::sleep_for(10ms);
    REQUIRE(news);
    CHECK(news->text == "no");
    CHECK(news->is_new);
    CHECK(dispatch.why_none(0).empty());
    CHECK_FALSE(dispatch.news());
}

#include <chrono>
#include <cstdlib>
#include <cstring>

#include <time.h>

#include <doctest/doctest.h>

#include "agent/ctl/order_request.h"
#include "core/freshness.h"
#include "core/ring/writer.h"
#include "tests/agent/ctl_fake_agent.h"

using namespace virtscope;
using namespace virtscope::control;
using sample::FakeAgent;

namespace {

using namespace std::chrono_literals;

const Uuid web01 = *Uuid::parse("01234567-89ab-cdef-0123-456789abcdef");

// What is printed, and what a person would answer.
class Listener {
public:
    Listener() {
        console_.out = ::open_memstream(&out_, &out_size_);
        console_.err = ::open_memstream(&err_, &err_size_);
        console_.ask = [this](const std::string& text) {
            asked += text;
            return answers;
        };
    }
    ~Listener() {
        std::fclose(console_.out);
        std::fclose(console_.err);
        std::free(out_);
        std::free(err_);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    Console& console() { return console_; }
    std::string out() { return flushed(console_.out, out_); }
    std::string err() { return flushed(console_.err, err_); }
    std::string asked;
    bool answers = false;

private:
    static std::string flushed(std::FILE* file, char* const& text) {
        std::fflush(file);
        return text;
    }
    Console console_;
    char* out_ = nullptr;
    char* err_ = nullptr;
    std::size_t out_size_ = 0, err_size_ = 0;
};

// A ring with one guest in it, or with none.
class OneGuest {
public:
    OneGuest() : path_(directory_.path() + "/ring"), writer_(*RingWriter::open(path_, 1 << 20)) {}
    const std::string& path() const { return path_; }
    void show(GuestState state, std::uint64_t generation, std::uint64_t balloon = 0) {
        auto roster = std::make_shared<Roster>();
        roster->host.boot_id = read_now().boot_id;
        roster->guests.push_back({.uuid = web01, .generation = generation, .name = "web01", .local_id = 4711});
        publish(std::move(roster), [&](Frame& frame) {
            frame.set(0, GuestMetric::state, static_cast<std::uint64_t>(state));
            if (balloon != 0) frame.set(0, GuestMetric::memory_balloon, balloon);
        });
    }
    void show_none() {
        auto roster = std::make_shared<Roster>();
        roster->host.boot_id = read_now().boot_id;
        publish(std::move(roster), [](Frame&) {});
    }
    std::chrono::nanoseconds age{};  // of the frames that are shown

private:
    template <class Fill>
    void publish(RosterPtr roster, Fill fill) {
        timespec now{};
        ::clock_gettime(CLOCK_MONOTONIC, &now);
        Frame frame;
        frame.reset(std::move(roster));
        frame.monotonic = std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec - age.count();
        frame.realtime = frame.monotonic;
        frame.set(0, AgentMetric::tick_interval, 1'000'000'000);
        fill(frame);
        REQUIRE(writer_.publish(frame));
    }
    sample::Directory directory_;
    std::string path_;
    RingWriter writer_;
};

OrderRequest order(Verb verb, const std::string& socket, const std::string& ring = "/nonexistent/ring") {
    OrderRequest request;
    request.wish.guest = "web01";
    request.wish.order.verb = verb;
    request.control = socket;
    request.ring = ring;
    return request;
}

std::string answer_of(Outcome outcome, const std::string& error = {}) {
    return reply_line({.outcome = outcome, .error = error, .guest = web01, .name = "web01"}) + '\n';
}

bool holds(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("what became of an order is the exit code") {
    for (std::size_t o = 0; o < outcome_count; ++o) {
        const auto outcome = static_cast<Outcome>(o);
        FakeAgent agent([&](const std::string&) { return answer_of(outcome, "why \x1b[31m not"); });
        Listener listener;
        CHECK(run_order(order(Verb::start, agent.path()), listener.console()) == static_cast<int>(o));
        const bool well = outcome == Outcome::done || outcome == Outcome::already;
        CHECK(holds(listener.out(), "web01: start") == well);
        CHECK(holds(listener.err(), "why ?[31m not") == !well);
    }
}

TEST_CASE("no agent, none that answers, none that is understood") {
    Listener listener;
    CHECK(run_order(order(Verb::start, "/nonexistent/control"), listener.console()) == 3);
    CHECK(listener.err() == "virtscope: no agent at /nonexistent/control: is virtscoped running?\n");
    CHECK(run_order(order(Verb::start, "/" + std::string(300, 'x')), listener.console()) == 3);
    for (const char* said : {"", "{\"result\":\"do", "hello\n", "{\"result\":\"fine\"}\n"}) {
        FakeAgent agent([said](const std::string&) { return std::string(said); });
        CHECK(run_order(order(Verb::start, agent.path()), listener.console()) == 11);
    }
}

TEST_CASE("a slow agent is not waited for much longer than it was given") {
    FakeAgent agent([](const std::string&) {
        std::this_thread::sleep_for(2500ms);
        return answer_of(Outcome::done);
    });
    Listener listener;
    auto request = order(Verb::start, agent.path());
    request.wish.timeout = 50ms;
    CHECK(run_order(request, listener.console()) == 9);
    CHECK(holds(listener.err(), "not known"));
}

TEST_CASE("what destroys asks, and does nothing where nobody can be asked") {
    FakeAgent agent([](const std::string&) { return answer_of(Outcome::done); });
    OneGuest guest;
    guest.show(GuestState::running, 7);
    Listener listener;
    auto request = order(Verb::destroy, agent.path(), guest.path());
    CHECK(run_order(request, listener.console()) == 2);
    CHECK(holds(listener.err(), "--yes"));
    listener.console().may_ask = true;
    CHECK(run_order(request, listener.console()) == 1);
    CHECK(listener.asked == "destroy web01 (uuid 01234567-89ab-cdef-0123-456789abcdef)?");
    CHECK(agent.heard().empty());
    listener.answers = true;
    CHECK(run_order(request, listener.console()) == 0);
    listener.console().may_ask = false;
    request.yes = true;
    CHECK(run_order(request, listener.console()) == 0);
    request.yes = false;
    request.wish.order.dry_run = true;
    CHECK(run_order(request, listener.console()) == 0);
    REQUIRE(agent.heard().size() == 3);
    CHECK(parse_wish(agent.heard()[0])->guest == web01.text());
    CHECK(parse_wish(agent.heard()[2])->order.dry_run);
    CHECK(holds(listener.out(), "nothing was done"));
}

TEST_CASE("a guest that is named by its id is asked about by its UUID") {
    FakeAgent agent([](const std::string&) { return answer_of(Outcome::done); });
    OneGuest guest;
    guest.show(GuestState::running, 7);
    Listener listener;
    listener.console().may_ask = true;
    auto request = order(Verb::destroy, agent.path(), guest.path());
    request.wish.guest = "4711";
    CHECK(run_order(request, listener.console()) == 1);
    CHECK(listener.asked == "destroy web01 (uuid 01234567-89ab-cdef-0123-456789abcdef)?");
}

TEST_CASE("a forced eject and an escalation need a yes too") {
    Listener listener;
    auto eject = order(Verb::eject, "/nonexistent/control");
    eject.wish.order.force = true;
    CHECK(run_order(eject, listener.console()) == 2);
    auto shutdown = order(Verb::shutdown, "/nonexistent/control");
    shutdown.escalate = true;
    CHECK(run_order(shutdown, listener.console()) == 2);
}

TEST_CASE("the second phase is what a frame taken after the order shows") {
    OneGuest guest;
    guest.show(GuestState::running, 7);
    Listener listener;
    SUBCASE("gone is off") {
        FakeAgent agent([&](const std::string&) {
            guest.show_none();
            return answer_of(Outcome::done);
        });
        auto request = order(Verb::shutdown, agent.path(), guest.path());
        request.wait = 5s;
        CHECK(run_order(request, listener.console()) == 0);
        CHECK(holds(listener.out(), "web01: shutdown requested\nweb01: off after "));
    }
    SUBCASE("a run that follows means that this one is off") {
        FakeAgent agent([&](const std::string&) {
            guest.show(GuestState::running, 8);
            return answer_of(Outcome::done);
        });
        auto request = order(Verb::shutdown, agent.path(), guest.path());
        request.wait = 5s;
        CHECK(run_order(request, listener.console()) == 0);
    }
    SUBCASE("what was so before the order proves nothing") {
        FakeAgent agent([](const std::string&) { return answer_of(Outcome::done); });
        auto request = order(Verb::resume, agent.path(), guest.path());
        request.wait = 100ms;
        CHECK(run_order(request, listener.console()) == 9);
        CHECK(holds(listener.out(), "not running after"));
    }
    SUBCASE("memory to the target") {
        FakeAgent agent([&](const std::string&) {
            guest.show(GuestState::running, 7, 512U << 20);
            return answer_of(Outcome::done);
        });
        auto request = order(Verb::setmem, agent.path(), guest.path());
        request.wish.order.bytes = 512U << 20;
        request.wait = 5s;
        CHECK(run_order(request, listener.console()) == 0);
        CHECK(holds(listener.out(), "setmem to 512 MiB (536870912 bytes) requested"));
    }
    SUBCASE("a reboot cannot be seen, and says so") {
        FakeAgent agent([](const std::string&) { return answer_of(Outcome::done); });
        auto request = order(Verb::reboot, agent.path(), guest.path());
        request.wait = 5s;
        CHECK(run_order(request, listener.console()) == 0);
        CHECK(holds(listener.out(), "only accepted"));
    }
}

TEST_CASE("a guest that does not shut down is destroyed, by its UUID") {
    OneGuest guest;
    guest.show(GuestState::running, 7);
    FakeAgent agent([&](const std::string& line) {
        if (parse_wish(line)->order.verb == Verb::destroy) guest.show_none();
        return answer_of(Outcome::done);
    });
    Listener listener;
    auto request = order(Verb::shutdown, agent.path(), guest.path());
    request.wait = 200ms;
    request.escalate = request.yes = true;
    CHECK(run_order(request, listener.console()) == 0);
    REQUIRE(agent.heard().size() == 2);
    CHECK(parse_wish(agent.heard()[1])->guest == web01.text());
    CHECK(holds(listener.out(), "destroy requested"));
}

TEST_CASE("--wait without a ring orders nothing") {
    FakeAgent agent([](const std::string&) { return answer_of(Outcome::done); });
    Listener listener;
    auto request = order(Verb::start, agent.path());
    request.wait = 1s;
    CHECK(run_order(request, listener.console()) == 3);
    CHECK(agent.heard().empty());
}

TEST_CASE("progress passes by before the answer") {
    FakeAgent agent([](const std::string&) {
        return progress_line(1, 4) + '\n' + progress_line(9, 4) + '\n' + progress_line(0, 0) + '\n' +
               answer_of(Outcome::done);
    });
    Listener listener;
    auto request = order(Verb::save, agent.path());
    request.progress = true;
    CHECK(run_order(request, listener.console()) == 0);
    CHECK(holds(listener.err(), " 25%"));
}

TEST_CASE("JSON says what was observed") {
    FakeAgent agent([](const std::string&) { return answer_of(Outcome::already); });
    Listener listener;
    auto request = order(Verb::start, agent.path());
    request.format = Format::json;
    CHECK(run_order(request, listener.console()) == 4);
    CHECK(holds(listener.out(), "\"result\": \"already\""));
    CHECK(holds(listener.out(), "\"observed\": null"));
}

TEST_CASE("what is found is printed as it is, but a terminal is spared its escapes") {
    FakeAgent agent([](const std::string&) {
        return reply_line({.outcome = Outcome::done, .text = "<domain>\n\x1b[31m</domain>"}) + '\n';
    });
    Listener listener;
    CHECK(run_order(order(Verb::dumpxml, agent.path()), listener.console()) == 0);
    CHECK(listener.out() == "<domain>\n\x1b[31m</domain>\n");
}

TEST_CASE("a wait goes by the ring alone") {
    OneGuest guest;
    guest.show(GuestState::running, 7);
    Listener listener;
    WaitRequest request{.ring = guest.path(), .guest = "web01", .state = AwaitedState::running, .timeout = 100ms};
    CHECK(run_wait(request, listener.console()) == 0);
    request.state = AwaitedState::off;
    CHECK(run_wait(request, listener.console()) == 9);
    guest.show(GuestState::shut_off, 0);
    CHECK(run_wait(request, listener.console()) == 0);
    guest.show_none();
    CHECK(run_wait(request, listener.console()) == 0);
    request.state = AwaitedState::paused;
    CHECK(run_wait(request, listener.console()) == 9);
    request.ring = "/nonexistent/ring";
    CHECK(run_wait(request, listener.console()) == 3);
}

TEST_CASE("a wait does not believe what a silent agent said last") {
    OneGuest guest;
    guest.age = 10s;
    guest.show(GuestState::running, 7);
    Listener listener;
    WaitRequest request{.ring = guest.path(), .guest = "web01", .state = AwaitedState::running, .timeout = 100ms};
    CHECK(run_wait(request, listener.console()) == 9);
    guest.show_none();
    request.state = AwaitedState::off;
    CHECK(run_wait(request, listener.console()) == 9);
}

// The monitor client of commands against a monitor that misbehaves, and who may have a monitor when.
#include <algorithm>
#include <array>
#include <cstring>
#include <future>
#include <poll.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <doctest/doctest.h>

#include "drivers/qemu/lifecycle.h"
#include "drivers/qemu/lifecycle_verbs.h"
#include "drivers/qemu/loan.h"
#include "drivers/qemu/qmp_client.h"

using namespace virtscope;
using namespace virtscope::qemu;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

namespace {

constexpr std::string_view greeting = "{\"QMP\": {\"version\": {}, \"capabilities\": []}}\r\n";
constexpr std::string_view ready = "{\"return\": {}, \"id\": 1}\r\n";

// One end of a socket whose other end says all of `text` at once, whatever it is asked.
struct Talker {
    explicit Talker(std::string_view text, bool closes = false) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
        ours = Fd(ends[0]);
        theirs = Fd(ends[1]);
        const int room = 8 << 20;
        ::setsockopt(theirs.get(), SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
        REQUIRE(::send(theirs.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
        if (closes) ::shutdown(theirs.get(), SHUT_WR);
    }
    void say(std::string_view text) const {
        REQUIRE(::send(theirs.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
    }
    Fd ours, theirs;
};

std::string hello(std::string_view then = "") { return std::string(greeting) + std::string(ready) + std::string(then); }

Steady::time_point soon() { return Steady::now() + 100ms; }

}  // namespace

TEST_CASE("qmp client: an answer is found between events, strangers' ids and old answers") {
    Talker talker(hello("{\"event\": \"STOP\"}\r\n{\"return\": 1}\r\n{\"return\": 2, \"id\": 1}\r\n{\"return\": 3, \"id\": \"2\"}\r\n"
                        "{\"return\": {\"a\": 4}, \"id\": 2}\r\n"));
    auto client = QmpClient::over(std::move(talker.ours), soon());
    REQUIRE(client);
    const auto answer = client->ask("query-a", soon());
    REQUIRE(answer);
    CHECK(*answer == Json{{"a", 4}});
    const auto event = client->wait_event({"RESUME", "STOP"}, soon());
    REQUIRE(event);
    CHECK(event->name == "STOP");
    CHECK(client->wait_event({"STOP"}, soon()).error().kind == ErrorKind::timeout);
}

TEST_CASE("qmp client: a conversation cut at any byte is an error in time, never an answer") {
    const std::string whole = hello("{\"event\": \"STOP\"}\r\n{\"return\": {\"status\": \"running\"}, \"id\": 2}");
    for (std::size_t length = 0; length < whole.size(); ++length) {
        Talker talker(std::string_view(whole).substr(0, length), true);
        auto client = QmpClient::over(std::move(talker.ours), soon());
        const auto answer = client ? client->ask("query-status", soon()) : std::unexpected(client.error());
        REQUIRE_FALSE(answer);
        CHECK(answer.error().kind == ErrorKind::absent);
    }
}

TEST_CASE("qmp client: silence, endless, deep and foreign talk end by the deadline") {
    const auto outcome = [](std::string_view text) {
        Talker talker(text);
        auto client = QmpClient::over(std::move(talker.ours), soon());
        if (!client) return client.error().kind;
        const auto answer = client->ask("query-status", soon());
        REQUIRE_FALSE(answer);
        return answer.error().kind;
    };
    CHECK(outcome("") == ErrorKind::timeout);
    CHECK(outcome(hello()) == ErrorKind::timeout);
    CHECK(outcome("SSH-2.0-OpenSSH\r\n") == ErrorKind::malformed);
    CHECK(outcome("{\"hello\": 1}\r\n") == ErrorKind::malformed);
    CHECK(outcome(hello("{\"return\": " + std::string(40, '['))) == ErrorKind::malformed);
    CHECK(outcome(hello("{\"return\": nonsense, \"id\": 2}")) == ErrorKind::malformed);
}

TEST_CASE("qmp client: events are kept up to a number, the newest ones") {
    std::string flood;
    for (int i = 0; i < 1000; ++i) flood += fmt::format("{{\"event\": \"E{}\"}}\r\n", i);
    Talker talker(hello(flood + "{\"return\": {}, \"id\": 2}\r\n"));
    auto client = QmpClient::over(std::move(talker.ours), soon());
    REQUIRE(client);
    REQUIRE(client->ask("stop", soon()));
    CHECK(client->wait_event({"E999"}, soon()));
    CHECK_FALSE(client->wait_event({"E0"}, soon()));
}

TEST_CASE("qmp client: refusals have a kind, and QEMU's words made harmless") {
    Talker talker(hello("{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"x\"}, \"id\": 2}\r\n"
                        "{\"error\": {\"class\": \"GenericError\", \"desc\": \"no\\u001b[2J\"}, \"id\": 3}\r\n"
                        "{\"error\": 7, \"id\": 4}\r\n"));
    auto client = QmpClient::over(std::move(talker.ours), soon());
    REQUIRE(client);
    CHECK(client->ask("a", soon()).error().kind == ErrorKind::unsupported);
    const auto refused = client->ask("b", soon());
    CHECK(refused.error().kind == ErrorKind::busy);
    CHECK(refused.error().message.find('\x1b') == std::string::npos);
    CHECK(client->ask("c", soon()).error().kind == ErrorKind::busy);
}

TEST_CASE("qmp client: a descriptor goes along") {
    Talker talker(hello("{\"return\": {}, \"id\": 2}\r\n"));
    auto client = QmpClient::over(std::move(talker.ours), soon());
    REQUIRE(client);
    REQUIRE(client->ask_with_fd("getfd", {{"fdname", "x"}}, STDERR_FILENO, soon()));
    std::array<char, 4096> text{};
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int))> control{};
    iovec part{text.data(), text.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    REQUIRE(::recvmsg(talker.theirs.get(), &message, MSG_CMSG_CLOEXEC) > 0);  // qmp_capabilities
    if (CMSG_FIRSTHDR(&message) == nullptr) {
        message.msg_controllen = control.size();
        REQUIRE(::recvmsg(talker.theirs.get(), &message, MSG_CMSG_CLOEXEC) > 0);
    }
    const cmsghdr* header = CMSG_FIRSTHDR(&message);
    REQUIRE(header != nullptr);
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(header), sizeof fd);
    const Fd received(fd);
    CHECK(received);
}

TEST_CASE("verbs: values of the wrong type are no states, drives or displays") {
    const auto run = [](Result<Answer> (*verb)(const Order&, QmpClient&), std::string_view value) {
        std::string talk;
        for (int id = 2; id < 6; ++id) talk += fmt::format("{{\"return\": {}, \"id\": {}}}\r\n", value, id);
        Talker talker(hello(talk));
        auto client = QmpClient::over(std::move(talker.ours), soon());
        REQUIRE(client);
        Order order;
        order.path = "/a";
        order.bytes = 1;
        order.count = 1;
        order.deadline = soon();
        return verb(order, *client);
    };
    const auto verbs = {do_shutdown, do_suspend, do_resume, do_setmem, do_setvcpus, do_change_media, do_eject, do_domdisplay};
    for (const auto verb : verbs) {
        for (const char* value : {"7", "null", "\"x\"", "[7, null, \"x\", [], {}]", "{\"a\": [7]}",
                                  "[{\"removable\": \"yes\", \"qdev\": 7, \"vcpus-count\": -1, \"props\": 7}]",
                                  "{\"status\": 7, \"actual\": \"x\", \"enabled\": true, \"host\": 7, \"port\": []}"}) {
            CAPTURE(value);
            CHECK_FALSE(run(verb, value));
        }
    }
}

TEST_CASE("loans: at once where nobody holds, else when the holder lets go") {
    const auto loans = std::make_shared<Loans>();
    const Run run{7, 1};
    {
        const auto loan = loans->borrow(run, soon());
        REQUIRE(loan);
        CHECK_FALSE(loans->hold(run));
        CHECK(loans->hold({8, 1}));
        CHECK_FALSE(loans->borrow(run, soon()));
        CHECK_FALSE(loans->hold(run));
    }
    REQUIRE(loans->hold(run));
    CHECK_FALSE(loans->borrow(run, soon()));
    CHECK(loans->hold(run));
    auto waiting = std::async(std::launch::async, [&] { return loans->borrow(run, Steady::now() + 10s).has_value(); });
    while (loans->hold(run)) std::this_thread::sleep_for(1ms);
    loans->release(run);
    CHECK(waiting.get());
    CHECK(loans->hold(run));
}

TEST_CASE("lifecycle: an order to a run that is over hits nobody") {
    QemuLifecycle lifecycle("/proc", QemuLifecycle::Means{}, std::make_shared<Loans>());
    struct Unwatched final : Progress {
        void at(std::uint64_t, std::uint64_t) override {}
    } progress;
    Order order;
    order.target.name = "a\x1b[2J";
    order.target.local_id = ::getpid();
    order.target.generation = 1;
    order.deadline = soon();
    order.verb = Verb::destroy;
    const auto destroyed = lifecycle.carry_out(order, progress);
    REQUIRE(destroyed);
    CHECK(destroyed->already);
    order.verb = Verb::suspend;
    const auto suspended = lifecycle.carry_out(order, progress);
    REQUIRE_FALSE(suspended);
    CHECK(suspended.error().kind == ErrorKind::absent);
    CHECK(suspended.error().message.find('\x1b') == std::string::npos);
    order.target.generation = 0;
    CHECK(lifecycle.carry_out(order, progress).error().kind == ErrorKind::busy);
    order.verb = Verb::define;
    CHECK(lifecycle.carry_out(order, progress).error().kind == ErrorKind::unsupported);
}

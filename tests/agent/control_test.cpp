#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "agent/control/server.h"

using namespace virtscope;
using namespace virtscope::control;

namespace {

struct Folder {
    Folder() {
        char name[] = "/tmp/virtscope-control-XXXXXX";
        REQUIRE(::mkdtemp(name) != nullptr);
        path = name;
    }
    ~Folder() { std::filesystem::remove_all(path); }
    std::string path;
};

std::string read_all(const std::string& path) {
    std::stringstream text;
    text << std::ifstream(path).rdbuf();
    return text.str();
}

class FakeLifecycle : public Lifecycle {
public:
    bool can(Verb verb) const override { return verb != Verb::save; }
    Result<Answer> carry_out(const Order&, Progress&) override {
        ++calls;
        if (hold.valid()) hold.wait();
        return answer;
    }
    std::atomic<int> calls = 0;
    std::shared_future<void> hold;
    Result<Answer> answer = Answer{};
};

struct Quiet : Progress {
    void at(std::uint64_t, std::uint64_t) override {}
};

struct Fixture {
    explicit Fixture(const std::string& driver = "fake") {
        Roster roster;
        for (const char* name : {"web", "twin", "twin", "Domain-0"}) {
            RosterGuest guest;
            guest.name = name;
            guest.uuid.bytes[0] = static_cast<std::uint8_t>(roster.guests.size() + 1);
            guest.generation = 1;
            guest.local_id = static_cast<std::int64_t>(roster.guests.size()) + 100;
            roster.guests.push_back(guest);
        }
        directory.replace({std::make_shared<const Roster>(roster), {}, {0, 0, 0, 0}, {{driver, "fake:///", fake}}});
    }
    Reply order(Verb verb, const std::string& guest, unsigned size = 0) {
        Wish wish;
        wish.order.verb = verb;
        wish.order.bytes = std::uint64_t{size} << 20;
        wish.order.count = size;
        wish.guest = guest;
        Quiet quiet;
        return desk.handle(wish, peer, quiet);
    }
    std::string journal_path() const { return folder.path + "/journal"; }

    Folder folder;
    std::shared_ptr<FakeLifecycle> fake = std::make_shared<FakeLifecycle>();
    Peer peer{0, 1, {}, "root"};
    Directory directory;
    Authority authority{"no-such-group"};
    Journal journal{folder.path + "/journal"};
    OrderEvents events;
    Desk desk{directory, authority, journal, events};
};

// A fixture that orders under way keep, and a server for it.
struct Served {
    std::unique_ptr<Server> serve() const {
        auto server = Server::open(path, std::nullopt, std::shared_ptr<Desk>(f, &f->desk));
        REQUIRE(server);
        return std::move(*server);
    }
    std::shared_ptr<Fixture> f = std::make_shared<Fixture>();
    std::string path = f->folder.path + "/control";
};

sockaddr_un address_of(const std::string& path) {
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    return to;
}

Fd connected(const std::string& path) {
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un to = address_of(path);
    REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
    return fd;
}

void leave_stale_socket(const std::string& path) {
    const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const sockaddr_un to = address_of(path);
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
}

std::string talk(const std::string& path, const std::string& bytes) {
    const Fd fd = connected(path);
    (void)!::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    std::string got(4096, '\0');
    const ssize_t n = ::recv(fd.get(), got.data(), got.size(), 0);
    got.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    return got;
}

}  // namespace

TEST_CASE("desk: each outcome") {
    Fixture f;
    CHECK(f.order(Verb::shutdown, "web").outcome == Outcome::done);
    CHECK(f.order(Verb::shutdown, "100").outcome == Outcome::done);
    CHECK(f.order(Verb::shutdown, "twin").outcome == Outcome::ambiguous);
    CHECK(f.order(Verb::shutdown, "we").outcome == Outcome::not_found);
    CHECK(f.order(Verb::destroy, "Domain-0").outcome == Outcome::denied);
    CHECK(f.order(Verb::setmem, "web").outcome == Outcome::usage);
    CHECK(f.fake->calls == 2);
    f.fake->answer = Answer{.already = true, .text = {}, .guest = {}};
    CHECK(f.order(Verb::suspend, "web").outcome == Outcome::already);
    f.peer = {::geteuid() + 1, 1, {}, "eve"};
    CHECK(f.order(Verb::dumpxml, "web").outcome == Outcome::denied);
    CHECK(f.events.take().size() == 8);
}

TEST_CASE("desk: what the driver cannot is unsupported, and the reply says what it can") {
    Fixture f;
    Wish wish;
    wish.order.verb = Verb::save;
    wish.order.path = "/tmp/state";
    wish.guest = "web";
    Quiet quiet;
    const Reply reply = f.desk.handle(wish, f.peer, quiet);
    CHECK(reply.outcome == Outcome::unsupported);
    CHECK(reply.error.find("web: driver fake cannot save; it can ") == 0);
    CHECK(f.fake->calls == 0);
    CHECK_FALSE(std::filesystem::exists(f.journal_path()));
}

TEST_CASE("desk: Domain-0 takes orders about its size, from the Xen driver, and no others") {
    Fixture xen("xen");
    CHECK(xen.order(Verb::setmem, "Domain-0", 512).outcome == Outcome::done);
    CHECK(xen.order(Verb::setvcpus, "Domain-0", 2).outcome == Outcome::done);
    CHECK(xen.fake->calls == 2);
    for (const Verb verb : {Verb::destroy, Verb::shutdown, Verb::reboot, Verb::suspend, Verb::resume, Verb::eject}) {
        CHECK(xen.order(verb, "Domain-0").outcome == Outcome::denied);
    }
    Fixture other;
    CHECK(other.order(Verb::setmem, "Domain-0", 512).outcome == Outcome::denied);
    CHECK(xen.fake->calls == 2);
}

TEST_CASE("desk: a guest that was made is called by its name, where a tick has seen it") {
    Fixture f;
    Wish wish;
    wish.order.verb = Verb::restore;
    wish.order.path = "/var/tmp/web";
    Quiet quiet;
    Answer answer;
    answer.guest.bytes[0] = 1;
    f.fake->answer = answer;
    CHECK(f.desk.handle(wish, f.peer, quiet).name == "web");
    const auto events = f.events.take();
    REQUIRE(events.size() == 1);
    CHECK(events[0].name == "web");
    answer.guest.bytes[0] = 77;
    f.fake->answer = answer;
    CHECK(f.desk.handle(wish, f.peer, quiet).name.empty());
}

TEST_CASE("desk: a driver that only watches takes no orders") {
    Fixture f;
    Roster roster;
    roster.guests.resize(1);
    roster.guests[0].name = "web";
    roster.guests[0].uuid.bytes[0] = 1;
    f.directory.replace({std::make_shared<const Roster>(roster), {}, {0}, {{"fake", "fake:///", nullptr}}});
    CHECK(f.order(Verb::suspend, "web").outcome == Outcome::unsupported);
}

TEST_CASE("desk: one order a guest at a time, but the one that ends it") {
    Fixture f;
    std::promise<void> go;
    f.fake->hold = go.get_future().share();
    auto first = std::async(std::launch::async, [&] { return f.order(Verb::shutdown, "web").outcome; });
    while (f.fake->calls == 0) std::this_thread::yield();
    CHECK(f.order(Verb::suspend, "web").outcome == Outcome::busy);
    auto second = std::async(std::launch::async, [&] { return f.order(Verb::destroy, "web").outcome; });
    while (f.fake->calls == 1) std::this_thread::yield();
    go.set_value();
    CHECK(first.get() == Outcome::done);
    CHECK(second.get() == Outcome::done);
}

TEST_CASE("desk: without a journal nothing is changed") {
    Fixture f;
    std::filesystem::create_directory(f.folder.path + "/journal");
    CHECK(f.order(Verb::shutdown, "web").outcome == Outcome::failed);
    CHECK(f.fake->calls == 0);
    CHECK(f.order(Verb::dumpxml, "web").outcome == Outcome::done);
}

TEST_CASE("journal: an outcome cut at any byte is unknown, once") {
    Fixture f;
    REQUIRE(f.order(Verb::shutdown, "web").outcome == Outcome::done);
    const std::string whole = read_all(f.journal_path());
    const std::size_t intent = whole.find('\n') + 1;
    for (std::size_t size = intent; size < whole.size() - 1; ++size) {
        const std::string path = f.folder.path + "/cut";
        std::ofstream(path, std::ios::trunc) << whole.substr(0, size);
        CHECK(Journal(path).settle().size() == 1);
        CHECK(Journal(path).settle().empty());
    }
    CHECK(f.fake->calls == 1);
}

TEST_CASE("journal: an intent cut at any byte was never an order, and the next line is whole") {
    Fixture f;
    REQUIRE(f.order(Verb::shutdown, "web").outcome == Outcome::done);
    const std::string whole = read_all(f.journal_path());
    const std::size_t intent = whole.find('\n');
    for (std::size_t size = 0; size < intent; ++size) {
        const std::string path = f.folder.path + "/cut";
        std::ofstream(path, std::ios::trunc) << whole.substr(0, size);
        CHECK(Journal(path).settle().empty());
        Order order;
        order.verb = Verb::suspend;
        Journal next(path);
        REQUIRE(next.intend(order, f.peer));
        const auto unfinished = Journal(path).settle();
        REQUIRE(unfinished.size() == 1);
        CHECK(unfinished[0].verb == "suspend");
    }
}

TEST_CASE("server: garbage gets an answer, a live socket is refused, its file goes with it") {
    const Served s;
    {
        const auto server = s.serve();
        CHECK(talk(s.path, "\x01garbage\n").find("usage") != std::string::npos);
        CHECK_FALSE(Server::open(s.path, std::nullopt, std::shared_ptr<Desk>(s.f, &s.f->desk)));
    }
    CHECK_FALSE(std::filesystem::exists(s.path));
}

TEST_CASE("server: a socket nobody listens at is replaced, a file is not") {
    const Served s;
    leave_stale_socket(s.path);
    REQUIRE(std::filesystem::is_socket(s.path));
    {
        const auto server = s.serve();
        CHECK(talk(s.path, "garbage\n").find("usage") != std::string::npos);
    }
    std::ofstream(s.path) << "precious";
    CHECK_FALSE(Server::open(s.path, std::nullopt, std::shared_ptr<Desk>(s.f, &s.f->desk)));
    CHECK(read_all(s.path) == "precious");
}

TEST_CASE("server: 64 silent clients hold it up for none but the 65th, and not at its end") {
    const Served s;
    auto server = s.serve();
    std::vector<Fd> silent;
    for (int i = 0; i < 64; ++i) silent.push_back(connected(s.path));
    CHECK(talk(s.path, "").find("busy") != std::string::npos);
    const auto began = std::chrono::steady_clock::now();
    server.reset();
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(2));
}

TEST_CASE("server: its end does not wait for an order that does not end") {
    Served s;
    std::promise<void> go;
    s.f->fake->hold = go.get_future().share();
    auto server = s.serve();
    const Fd client = connected(s.path);
    Wish wish;
    wish.order.verb = Verb::suspend;
    wish.guest = "web";
    const std::string line = wish_line(wish) + "\n";
    REQUIRE(::send(client.get(), line.data(), line.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(line.size()));
    while (s.f->fake->calls == 0) std::this_thread::yield();
    const auto began = std::chrono::steady_clock::now();
    server.reset();
    CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(5));
    CHECK(Journal(s.f->journal_path()).settle().size() == 1);  // as the next agent would find it
    const std::weak_ptr<Fixture> kept = s.f;
    s.f.reset();
    CHECK_FALSE(kept.expired());
    go.set_value();
    while (!kept.expired()) std::this_thread::sleep_for(std::chrono::milliseconds(5));
}

TEST_CASE("a journal that is a pipe or a link is neither waited for nor followed") {
    const Folder folder;
    const std::string path = folder.path + "/journal";
    REQUIRE(::mkfifo((path + ".1").c_str(), 0600) == 0);
    SUBCASE("pipe") { REQUIRE(::mkfifo(path.c_str(), 0600) == 0); }
    SUBCASE("link") { std::filesystem::create_symlink(folder.path + "/other", path); }
    Journal journal(path);
    CHECK(journal.settle().empty());
    CHECK_FALSE(journal.intend(Order{}, Peer{}));
    CHECK_FALSE(std::filesystem::exists(folder.path + "/other"));
}

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <future>
#include <sstream>

#include <sys/socket.h>
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
    Fixture() {
        Roster roster;
        for (const char* name : {"web", "twin", "twin", "Domain-0"}) {
            RosterGuest guest;
            guest.name = name;
            guest.uuid.bytes[0] = static_cast<std::uint8_t>(roster.guests.size() + 1);
            guest.generation = 1;
            guest.local_id = static_cast<std::int64_t>(roster.guests.size()) + 100;
            roster.guests.push_back(guest);
        }
        directory.replace({std::make_shared<const Roster>(roster), {}, {0, 0, 0, 0}, {{"fake", "fake:///", fake}}});
    }
    Reply order(Verb verb, const std::string& guest) {
        Wish wish;
        wish.order.verb = verb;
        wish.guest = guest;
        Quiet quiet;
        return desk.handle(wish, peer, quiet);
    }
    Folder folder;
    std::shared_ptr<FakeLifecycle> fake = std::make_shared<FakeLifecycle>();
    Peer peer{0, 1, {}, "root"};
    Directory directory;
    Authority authority{"no-such-group"};
    Journal journal{folder.path + "/journal"};
    OrderEvents events;
    Desk desk{directory, authority, journal, events};
};

std::string talk(const std::string& path, const std::string& bytes) {
    const Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un to{};
    to.sun_family = AF_UNIX;
    path.copy(to.sun_path, sizeof to.sun_path - 1);
    REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&to), sizeof to) == 0);
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

TEST_CASE("desk: one order a guest at a time") {
    Fixture f;
    std::promise<void> go;
    f.fake->hold = go.get_future().share();
    auto first = std::async(std::launch::async, [&] { return f.order(Verb::shutdown, "web").outcome; });
    while (f.fake->calls == 0) std::this_thread::yield();
    CHECK(f.order(Verb::destroy, "web").outcome == Outcome::busy);
    go.set_value();
    CHECK(first.get() == Outcome::done);
}

TEST_CASE("desk: without a journal nothing is changed") {
    Fixture f;
    std::filesystem::create_directory(f.folder.path + "/journal");
    CHECK(f.order(Verb::shutdown, "web").outcome == Outcome::failed);
    CHECK(f.fake->calls == 0);
    CHECK(f.order(Verb::dumpxml, "web").outcome == Outcome::done);
}

TEST_CASE("journal: the last record cut at every byte") {
    Fixture f;
    REQUIRE(f.order(Verb::shutdown, "web").outcome == Outcome::done);
    const std::string whole = read_all(f.folder.path + "/journal");
    const std::size_t intent = whole.find('\n') + 1;
    for (std::size_t size = intent; size < whole.size() - 1; ++size) {
        const std::string path = f.folder.path + "/cut";
        std::ofstream(path, std::ios::trunc) << whole.substr(0, size);
        CHECK(Journal(path).settle().size() == 1);
        CHECK(Journal(path).settle().empty());
    }
}

TEST_CASE("server: garbage gets an answer, a live socket is refused, a stale one replaced") {
    Fixture f;
    const std::string path = f.folder.path + "/control";
    {
        auto server = Server::open(path, std::nullopt, f.desk);
        REQUIRE(server);
        CHECK(talk(path, "\x01garbage\n").find("usage") != std::string::npos);
        CHECK_FALSE(Server::open(path, std::nullopt, f.desk));
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

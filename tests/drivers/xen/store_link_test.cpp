// A link whose other end the test holds. Questions are numbered from 1, so answers can lie ready before they are asked for.
#include <doctest/doctest.h>

#include <array>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <thread>

#include "drivers/xen/store_link.h"
#include "fake_wire.h"

using namespace virtscope;
using namespace virtscope::xen;
using namespace std::chrono_literals;
using namespace std::string_literals;
using namespace std::string_view_literals;

namespace {

using Paths = std::vector<std::string>;

struct Line {
    explicit Line(std::chrono::nanoseconds patience = 20s) : stop(::eventfd(0, EFD_CLOEXEC)) {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()) == 0);
        far = Fd(ends[1]);
        link.emplace(StoreSocket{Fd(ends[0]), true},
                     StoreLink::Terms{patience, stop.get(), [this](std::string_view path) { fired.emplace_back(path); }});
    }
    void say(MessageType type, std::uint32_t request, std::string_view body) {
        std::string out;
        test::add_message(out, {static_cast<std::uint32_t>(type), request, 0, 0}, body);
        REQUIRE(::send(far.get(), out.data(), out.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(out.size()));
    }
    std::string trouble_after(MessageType type, std::uint32_t request, std::string_view body) {
        say(type, request, body);
        const Paths paths{"/a"};
        CHECK_FALSE(link->read(paths)[0]);
        CHECK(link->is_broken());
        return link->trouble();
    }

    Fd stop;
    Fd far;
    Paths fired;
    std::optional<StoreLink> link;
};

// What the next question is about, which is answered.
std::string answer_next(Line& line, MessageType type, std::string_view body) {
    pollfd watched{line.far.get(), POLLIN, 0};
    std::string question(4096, '\0');
    if (::poll(&watched, 1, 20'000) != 1) return {};
    const ssize_t got = ::recv(line.far.get(), question.data(), question.size(), 0);
    if (got < static_cast<ssize_t>(header_size)) return {};
    line.say(type, test::header_of(question)[1], body);
    return question.substr(header_size, static_cast<std::size_t>(got) - header_size);
}

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("xen store link: answers belong to questions by their number") {
    Line line;
    line.say(MessageType::read, 3, "third");
    line.say(MessageType::read, 1, "first");
    line.say(MessageType::error, 2, "ENOENT\0"sv);
    const Paths paths{"/a", "/b", "/c"};
    const auto values = line.link->read(paths);
    CHECK(values == std::vector<std::optional<std::string>>{"first", std::nullopt, "third"});
    CHECK_FALSE(line.link->is_broken());
}

TEST_CASE("xen store link: what fires while an answer is awaited is handed on") {
    Line line;
    line.say(MessageType::watch_event, 0, "/x\0virtscope\0"sv);
    line.say(MessageType::watch, 1, "OK\0"sv);
    line.say(MessageType::watch_event, 0, "/y\0virtscope\0"sv);
    line.say(MessageType::error, 2, "EQUOTA\0"sv);
    line.say(MessageType::error, 3, "EEXIST\0"sv);
    const Paths paths{"/a", "/b", "/c"};
    CHECK(line.link->watch(paths) == std::vector<bool>{true, false, true});
    CHECK(line.link->refusal() == "EQUOTA");
    CHECK(line.fired == Paths{"/x", "/y"});
    CHECK_FALSE(line.link->hear());
    line.say(MessageType::watch_event, 0, "/z\0virtscope\0"sv);
    CHECK(line.link->hear());
    CHECK(line.fired.back() == "/z");
}

TEST_CASE("xen store link: a list that changes while its parts are read is begun anew") {
    Line line;
    const std::vector<std::pair<MessageType, std::string>> script{{MessageType::error, "E2BIG"},
                                                                  {MessageType::directory_part, "1\0a\0b\0"s},
                                                                  {MessageType::directory_part, "2\0d\0\0"s},
                                                                  {MessageType::directory_part, "2\0a\0"s},
                                                                  {MessageType::directory_part, "2\0c\0\0"s}};
    std::vector<std::string> asked;
    std::thread xenstored([&] {
        for (const auto& [type, body] : script) asked.push_back(answer_next(line, type, body));
    });
    const Paths paths{"/a"};
    CHECK(line.link->list(paths)[0] == Paths{"a", "c"});
    xenstored.join();
    CHECK(asked == std::vector<std::string>{"/a\0"s, "/a\0" "0\0"s, "/a\0" "4\0"s, "/a\0" "0\0"s, "/a\0" "2\0"s});
}

TEST_CASE("xen store link: what is no answer breaks it") {
    CHECK(has(Line().trouble_after(MessageType::read, 2, "x"), "an answer to nothing that was asked"));
    CHECK(has(Line().trouble_after(MessageType::read, 0, "x"), "an answer to nothing that was asked"));
    CHECK(has(Line().trouble_after(MessageType::directory, 1, "x"), "a message of type 1 for an answer"));
    CHECK(has(Line().trouble_after(static_cast<MessageType>(99), 1, "x"), "a message of type 99 for an answer"));
    CHECK(has(Line().trouble_after(MessageType::watch_event, 0, "/a"), "a watch that fired without a path"));
    CHECK(has(Line().trouble_after(MessageType::read, 1, std::string(4097, 'x')), "a message of 4097 bytes"));
    Line unasked;
    unasked.say(MessageType::read, 0, "x");
    CHECK_FALSE(unasked.link->hear());
    CHECK(has(unasked.link->trouble(), "an answer to nothing that was asked"));
    Line twice;
    twice.say(MessageType::read, 1, "x");
    twice.say(MessageType::read, 1, "x");
    const Paths paths{"/a", "/b"};
    CHECK(twice.link->read(paths) == std::vector<std::optional<std::string>>(2));  // half an answer is none
    CHECK(has(twice.link->trouble(), "an answer to nothing that was asked"));
}

TEST_CASE("xen store link: a connection that breaks") {
    Line line;
    line.far = {};
    CHECK_FALSE(line.link->hear());
    CHECK(line.link->is_broken());
    CHECK(has(line.link->trouble(), "the connection to xenstored broke"));
    Line asked;
    asked.far = {};
    const Paths paths{"/a"};
    CHECK(asked.link->list(paths) == std::vector<Paths>(1));
    CHECK(has(asked.link->trouble(), "the connection to xenstored broke"));
}

TEST_CASE("xen store link: nothing is awaited for longer than the patience") {
    Line line(50ms);
    const Paths paths{"/a"};
    (void)line.link->read(paths);
    CHECK(has(line.link->trouble(), "xenstored has not answered for 50 ms"));
    Line deaf(50ms);  // it does not even take what it is asked
    const Paths many(1000, std::string(3000, 'x'));
    (void)deaf.link->read(many);
    CHECK(has(deaf.link->trouble(), "xenstored has not answered for 50 ms"));
}

TEST_CASE("xen store link: nothing is awaited once it is to stop") {
    Line line(1h);
    const std::uint64_t once = 1;
    REQUIRE(::write(line.stop.get(), &once, sizeof once) == sizeof once);
    const Paths paths{"/a"};
    (void)line.link->read(paths);
    CHECK(line.link->is_broken());
    CHECK(line.link->trouble().empty());
}

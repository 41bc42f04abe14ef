// A question to an agent over a socket: whatever the guest does, it is answered in time with what can be believed.
#include <atomic>
#include <chrono>
#include <string>

#include <unistd.h>
#include <doctest/doctest.h>

#include "drivers/qemu/agent_poll.h"
#include "drivers/qemu/guest_agent_value.h"
#include "fake_agent.h"

using namespace virtscope;
using namespace virtscope::qemu;
using namespace virtscope::test;
using namespace std::chrono_literals;
using Reach = AgentReply::Reach;
using Clock = std::chrono::steady_clock;

namespace {

// Answers guest-ping properly and guest-get-fsinfo with `answer`.
Liar::Script tells(std::string answer) {
    return [answer = std::move(answer)](const std::string& line) -> std::string {
        if (is_sync(line)) return sync_answer(line);
        return line.find("fsinfo") != std::string::npos ? answer : "{\"return\": {}}\n";
    };
}

AgentReply poll(const Liar::Script& script, bool filesystems = true) {
    Liar liar(script);
    return poll_agent(liar.take(), filesystems);
}

std::string many(int count) {
    std::string list;
    for (int i = 0; i < count; ++i)
        list += fmt::format(R"({}{{"name":"vd","mountpoint":"/{:05}","type":"ext4","total-bytes":9,"used-bytes":1}})",
                            i > 0 ? "," : "", i);
    return "{\"return\": [" + list + "]}\n";
}

}  // namespace

TEST_CASE("an agent tells that it is there, and of its filesystems when asked") {
    const auto script = tells(
        R"({"return": [{"name": "vda1", "mountpoint": "/", "type": "ext4", "total-bytes": 100, "used-bytes": 40},)"
        R"({"name": "vdb", "mountpoint": "/o\u001bld", "type": "ext3"}, 5, {"mountpoint": 7}]})" "\n");
    const auto reply = poll(script);
    CHECK(reply.reach == Reach::answers);
    REQUIRE(reply.filesystems);
    CHECK(*reply.filesystems == GuestFilesystems{{"/", "vda1", 100, 40}, {"/o?ld", "vdb", {}, {}}});
    CHECK(!poll(script, false).filesystems);
    CHECK(poll(script, false).reach == Reach::answers);
}

TEST_CASE("a refusal is an answer, without filesystems") {
    const auto reply = poll(always("{\"error\": {\"desc\": \"disabled\"}}\n"));
    CHECK(reply.reach == Reach::answers);
    CHECK(!reply.filesystems);
}

TEST_CASE("silence, lies, floods and a death in the middle are an agent that does not answer") {
    const auto began = Clock::now();
    CHECK(poll([](const std::string&) { return std::string(); }).reach == Reach::silent);
    CHECK(Clock::now() - began < 2s);
    CHECK(poll([](const std::string&) { return std::string("\xff{\"return\": 1}\n"); }).reach == Reach::silent);
    for (const std::string& lie : {std::string("nonsense\n"), std::string("{\"return\": 1e400}\n"), std::string("[]\n"),
                                   std::string(max_agent_reply * 2, 'x')}) {
        CHECK(poll(always(lie)).reach == Reach::silent);
    }
    const Liar* dying = nullptr;
    Liar liar([&](const std::string& line) -> std::string {
        if (is_sync(line)) return sync_answer(line);
        (void)dying->write("{\"ret");
        dying->hang_up();
        return {};
    });
    dying = &liar;
    CHECK(poll_agent(liar.take(), true).reach == Reach::silent);
}

TEST_CASE("one that answers and then tells nonsense, nothing or too much of filesystems is there all the same") {
    for (const std::string& answer : {std::string("{\"return\": {}}\n"), std::string("{\"return\": 5}\n"),
                                      std::string("not json\n"), std::string(max_agent_reply * 2, 'x'), std::string()}) {
        const auto reply = poll(tells(answer));
        CHECK(reply.reach == Reach::answers);
        CHECK(!reply.filesystems);
    }
    const auto crowded = poll(tells(many(2000)));
    REQUIRE(crowded.filesystems);
    CHECK(crowded.filesystems->size() == most_filesystems);
}

TEST_CASE("an agent that drips its answer costs seconds, no more") {
    const auto began = Clock::now();
    std::atomic<bool> over{false};
    Liar liar(tells("{\"ret"));
    std::thread drip([&] {
        while (!over && liar.write(" ")) std::this_thread::sleep_for(20ms);
    });
    (void)poll_agent(liar.take(), true);
    CHECK(Clock::now() - began < 4s);
    over = true;
    drip.join();
}

TEST_CASE("an order has the channel first") {
    const auto loans = std::make_shared<Loans>();
    auto process = Process::open("/proc", ::getpid());
    REQUIRE(process);
    const auto us = std::make_shared<const Process>(std::move(*process));
    CommandLine line;
    CHECK(!way_to_agent(us, line, loans));  // no channel
    line.chardevs.push_back(Options::parse("socket,id=qga0,path=/nonexistent/qga,server=on", "backend"));
    line.devices.push_back(Options::parse("virtserialport,chardev=qga0,name=org.qemu.guest_agent.0", "driver"));
    const AskAgent way = way_to_agent(us, line, loans);
    REQUIRE(way);
    {
        const auto loan = loans->borrow(Run::of(*us, Channel::guest_agent), Clock::now() + 1s);
        REQUIRE(loan);
        CHECK(way(true).reach == Reach::later);
        CHECK(loans->hold(Run::of(*us)));  // the monitor is another channel
    }
    CHECK(way(true).reach == Reach::unreachable);
    CHECK(loans->borrow(Run::of(*us, Channel::guest_agent), Clock::now()));  // given back
}

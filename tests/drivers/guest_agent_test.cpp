// A guest's agent is the guest: it may answer properly, late, never, endlessly or with lies.
#include <atomic>
#include <chrono>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include "drivers/qemu/guest_agent.h"
#include "fake_agent.h"

using namespace virtscope;
using namespace virtscope::qemu;
using namespace std::chrono_literals;
using Clock = GuestAgent::Clock;
using namespace virtscope::test;

namespace {

Result<AgentValue> ask_once(const std::string& answer, std::chrono::milliseconds patience = 300ms) {
    Liar liar(always(answer));
    auto agent = GuestAgent::start(liar.take(), Clock::now() + 1s);
    REQUIRE(agent);
    return agent->ask("guest-info", {}, Clock::now() + patience);
}

std::string repeated(std::string_view text, std::size_t times) {
    std::string out;
    for (std::size_t i = 0; i < times; ++i) out += text;
    return out;
}

CommandLine with_channel(std::string_view chardev) {
    CommandLine line;
    line.chardevs.push_back(Options::parse(chardev, "backend"));
    line.devices.push_back(Options::parse("virtserialport,chardev=qga0,name=org.qemu.guest_agent.0", "driver"));
    return line;
}

}  // namespace

TEST_CASE("replies are read as they are, made printable") {
    const auto value = parse_agent_reply(R"({"a": [1, -2, 0.5, true, null], "b\u001b": "x\u0000\u202ey", "a": 9})");
    REQUIRE(value);
    CHECK(value->json() == R"({"a":[1,-2,0.5,true,null],"b?":"x??y","a":9})");
    CHECK(value->find("a")->list().size() == 5);
    CHECK(value->find("c") == nullptr);
    CHECK(value->list().empty());
    CHECK(parse_agent_reply(R"(["\"\\"])")->json() == R"(["\"\\"])");
}

TEST_CASE("counts are whole numbers that JSON carries without loss") {
    const auto value = parse_agent_reply(
        R"({"zero": 0, "most": 9007199254740992, "over": 9007199254740993, "minus": -1, "huge": 18446744073709551615, "half": 0.5, "text": "1"})");
    REQUIRE(value);
    CHECK(value->count("zero") == 0);
    CHECK(value->count("most") == std::uint64_t{1} << 53);
    for (const char* name : {"over", "minus", "huge", "half", "text", "none"}) CHECK(!value->count(name));
}

TEST_CASE("what is no acceptable JSON is refused whole") {
    for (const std::string& text : {
             std::string(R"({"a": 1e400})"), std::string(R"({"a": "\ud800"})"), std::string("{\"a\": \"\xc3\x28\"}"),
             std::string("{\"a\": \"\0\"}", 10), std::string("{"), std::string(), std::string("{} {}"),
             repeated("[", 40) + repeated("]", 40), "[" + repeated("1,", max_agent_values) + "1]",
             "\"" + std::string(max_agent_reply, 'x') + "\""}) {
        const auto value = parse_agent_reply(text);
        REQUIRE(!value);
        CHECK(value.error().kind == ErrorKind::malformed);
    }
}

TEST_CASE("long strings are cut, not refused") {
    const auto value = parse_agent_reply("{\"a\": \"" + std::string(5000, 'x') + "\"}");
    REQUIRE(value);
    CHECK(value->text("a").size() <= 256);
}

TEST_CASE("a question gets its result, a refusal leaves the conversation open") {
    Liar liar([](const std::string& line) -> std::string {
        if (is_sync(line)) return sync_answer(line);
        if (line.find("good") != std::string::npos) return "{\"return\": {\"version\": \"7.2\"}}\n";
        return "{\"error\": {\"class\": \"CommandNotFound\", \"desc\": \"no\\u001b such\"}}\n";
    });
    auto agent = GuestAgent::start(liar.take(), Clock::now() + 1s);
    REQUIRE(agent);
    const auto refused = agent->ask("bad", {}, Clock::now() + 1s);
    REQUIRE(!refused);
    CHECK(refused.error().kind == ErrorKind::unsupported);
    CHECK(refused.error().message == "guest agent: refused: no? such");
    const auto good = agent->ask("good", R"({"x":1})", Clock::now() + 1s);
    REQUIRE(good);
    CHECK(good->text("version") == "7.2");
}

TEST_CASE("what an earlier client left behind is skipped") {
    Liar liar([](const std::string& line) -> std::string {
        // The rest of an old reply, a complaint about the delimiter and an old delimited reply.
        if (is_sync(line)) return "ld\"}}\n{\"error\": {}}\n\xff{\"return\": 7}\n\xff\xff" + sync_answer(line);
        return "{\"return\": {}}\n";
    });
    auto agent = GuestAgent::start(liar.take(), Clock::now() + 1s);
    REQUIRE(agent);
    CHECK(agent->ask("guest-ping", {}, Clock::now() + 1s));
}

TEST_CASE("an agent that replays an old id is not believed") {
    Liar liar([](const std::string&) { return std::string("\xff{\"return\": 1}\n"); });
    const auto agent = GuestAgent::start(liar.take(), Clock::now() + 200ms);
    REQUIRE(!agent);
    CHECK(agent.error().kind == ErrorKind::timeout);
}

TEST_CASE("an agent that answers made-up questions without end is left soon") {
    Liar liar([](const std::string&) { return repeated("\xff\n", 100'000); });
    const auto began = Clock::now();
    const auto agent = GuestAgent::start(liar.take(), Clock::now() + 1s);
    REQUIRE(!agent);
    CHECK(agent.error().kind == ErrorKind::malformed);
    CHECK(Clock::now() - began < 500ms);
}

TEST_CASE("an order that cannot be sent is not carried out") {
    Liar liar(always("{\"return\": {}}\n{\"return\": {}}\n"));
    auto agent = GuestAgent::start(liar.take(), Clock::now() + 1s);
    REQUIRE(agent);
    REQUIRE(agent->ask("guest-ping", {}, Clock::now() + 1s));
    CHECK(!agent->tell("guest-shutdown", {}, Clock::now() + 1s));
    CHECK(agent->tell("guest-shutdown", {}, Clock::now() + 1s).error().kind == ErrorKind::absent);
}

TEST_CASE("a breach ends the conversation at once") {
    for (const std::string& answer :
         {std::string("{}\n"), std::string("[]\n"), std::string("null\n"), std::string("{\"error\": 1}\n"),
          std::string("not json\n"), std::string("\n"), std::string("{\"return\": 1e400}\n"), std::string("\0\n", 2),
          "{\"return\": " + repeated("[", 50) + repeated("]", 50) + "}\n", std::string(max_agent_reply * 2, 'x')}) {
        const auto reply = ask_once(answer, 1s);
        REQUIRE(!reply);
        CHECK(reply.error().kind == ErrorKind::malformed);
    }
}

TEST_CASE("an answer nobody asked for is a breach") {
    Liar liar(always("{\"return\": {}}\n{\"return\": {}}\n"));
    auto agent = GuestAgent::start(liar.take(), Clock::now() + 1s);
    REQUIRE(agent);
    REQUIRE(agent->ask("guest-ping", {}, Clock::now() + 1s));
    CHECK(!agent->ask("guest-ping", {}, Clock::now() + 1s));
    CHECK(!agent->open());
    CHECK(agent->ask("guest-ping", {}, Clock::now() + 1s).error().kind == ErrorKind::absent);
}

TEST_CASE("silence and dripping cost the deadline, and never more than a second") {
    const auto began = Clock::now();
    CHECK(ask_once("", 200ms).error().kind == ErrorKind::timeout);
    CHECK(Clock::now() - began < 600ms);

    std::atomic<bool> done{false};
    Liar liar(always("{\"ret"));
    auto agent = GuestAgent::start(liar.take(), Clock::now() + 1s);
    REQUIRE(agent);
    std::thread drip([&] {
        while (!done) {
            (void)liar.write(" ");
            std::this_thread::sleep_for(50ms);
        }
    });
    const auto asked = Clock::now();
    CHECK(agent->ask("guest-ping", {}, Clock::now() + 1h).error().kind == ErrorKind::timeout);
    CHECK(Clock::now() - asked < 2s);
    done = true;
    drip.join();
}

TEST_CASE("a command without an answer succeeds on silence and on a hang-up, not on a refusal") {
    Liar silent(always(""));
    auto agent = GuestAgent::start(silent.take(), Clock::now() + 1s);
    REQUIRE(agent);
    CHECK(agent->tell("guest-shutdown", R"({"mode":"reboot"})", Clock::now() + 100ms));
    Liar refusing(always("{\"error\": {\"desc\": \"disabled\"}}\n"));
    agent = GuestAgent::start(refusing.take(), Clock::now() + 1s);
    REQUIRE(agent);
    CHECK(agent->tell("guest-shutdown", R"({"mode":"reboot"})", Clock::now() + 1s).error().kind == ErrorKind::unsupported);
}

TEST_CASE("what a guest says of itself is ordered, and what it refuses is named") {
    Liar liar([](const std::string& line) -> std::string {
        const auto asks = [&line](const char* command) { return line.find(command) != std::string::npos; };
        if (is_sync(line)) return sync_answer(line);
        if (asks("guest-info")) {
            return R"({"return": {"version": "10.0", "supported_commands": [{"name": "guest-get-osinfo", "enabled": true},)"
                   R"({"name": "guest-get-fsinfo", "enabled": true}, {"name": "guest-get-load", "enabled": true},)"
                   R"({"name": "guest-get-host-name", "enabled": false},)"
                   R"({"name": "guest-network-get-interfaces", "enabled": true}]}})" "\n";
        }
        if (asks("osinfo")) return "{\"return\": {\"id\": \"debian\", \"name\": \"De\\u202ebian\"}}\n";
        if (asks("fsinfo")) {
            return R"({"return": [{"name": "vdb", "mountpoint": "/srv", "type": "xfs", "total-bytes": -1},)"
                   R"({"name": "vda", "mountpoint": "/", "type": "ext4", "total-bytes": 10, "used-bytes": 3}, 5]})" "\n";
        }
        if (asks("load")) return "{\"return\": {\"load1m\": 0.25, \"load5m\": \"x\"}}\n";
        return "{\"error\": {\"desc\": \"not today\"}}\n";
    });
    auto agent = GuestAgent::start(liar.take(), Clock::now() + 1s);
    REQUIRE(agent);
    const auto info = guest_info(*agent, Clock::now() + 1s);
    REQUIRE(info);
    CHECK(*info ==
          R"({"agent":"10.0","os":{"id":"debian","name":"De?bian"},)"
          R"("filesystems":[{"name":"vda","mountpoint":"/","type":"ext4","total_bytes":10,"used_bytes":3},)"
          R"({"name":"vdb","mountpoint":"/srv","type":"xfs"}],"load":{"load1m":0.25},)"
          R"("unavailable":{"hostname":"guest agent: guest-get-host-name is switched off in the guest",)"
          R"("interfaces":"guest agent: refused: not today"}})");
}

TEST_CASE("the channel is found, a manager's is left alone") {
    const Endpoint own = find_agent(with_channel("socket,id=qga0,path=/tmp/a,,b,server=on,wait=off"));
    CHECK(own.kind == Endpoint::Kind::unix_path);
    CHECK(own.path == "/tmp/a,b");
    struct Row {
        const char* chardev;
        const char* note;
    };
    const Row rows[] = {
        {"socket,id=qga0,path=/var/lib/libvirt/qemu/channel/target/d-1/org.qemu.guest_agent.0,server=on",
         "guest agent: belongs to libvirt"},
        {"socket,id=qga0,path=/run/libvirt/qemu/channel/1/org.qemu.guest_agent.0,server=on", "guest agent: belongs to libvirt"},
        {"socket,id=qga0,path=/var/run/qemu-server/100.qga,server,nowait", "guest agent: belongs to Proxmox VE"},
        {"socket,id=qga0,fd=31,server=on", "guest agent: belongs to the manager that passed its socket in"},
        {"socket,id=qga0,path=/tmp/a", "guest agent: its channel connects to its manager by itself"},
        {"socket,id=qga0,host=0,port=9,server=on", "guest agent: its channel is not on a unix socket"},
        {"pty,id=qga0", "guest agent: its channel is not on a socket"},
        {"socket,id=other,path=/tmp/a,server=on", "guest agent: its character device is not on the command line"},
    };
    for (const Row& row : rows) {
        const Endpoint endpoint = find_agent(with_channel(row.chardev));
        CHECK(endpoint.kind == Endpoint::Kind::none);
        CHECK(endpoint.note == row.note);
    }
    CHECK(find_agent(CommandLine{}).kind == Endpoint::Kind::none);
}

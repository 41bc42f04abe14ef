// What libvirt's answers say of the agent inside a guest.
#include <algorithm>
#include <cstring>
#include <map>
#include <string>

#include <doctest/doctest.h>

#include "drivers/libvirt/agent_poll.h"
#include "drivers/libvirt/definition.h"

using namespace virtscope;
using namespace virtscope::libvirt;
using Reach = AgentReply::Reach;

namespace {

// What the made-up libvirt says; replies by command, none: it fails with `code` of `domain`.
struct Script {
    std::map<std::string, std::string> replies;
    int code = VIR_ERR_AGENT_UNRESPONSIVE;
    int domain = VIR_FROM_QEMU;
    bool reachable = true;
    bool known = true;
    unsigned id = 6;
    int opened = 0, closed = 0, freed = 0;
    int longest = 0;  // patience that a command was given, seconds
};
Script* script = nullptr;
char thing = 0;  // what connections and domains point to

char* command(virDomainPtr, const char* text, int timeout, unsigned) {
    script->longest = std::max(script->longest, timeout);
    for (const auto& [name, reply] : script->replies) {
        if (std::strstr(text, name.c_str()) != nullptr) return ::strdup(reply.c_str());
    }
    return nullptr;
}

Library made_up() {
    Library fake;
    fake.virConnectOpen = [](const char*) {
        script->opened += script->reachable ? 1 : 0;
        return script->reachable ? reinterpret_cast<virConnectPtr>(&thing) : nullptr;
    };
    fake.virConnectClose = [](virConnectPtr) { return ++script->closed, 0; };
    fake.virConnectIsAlive = [](virConnectPtr) { return 1; };
    fake.virConnectSetKeepAlive = [](virConnectPtr, int, unsigned) { return 0; };
    fake.virGetLastErrorMessage = [] { return "no"; };
    fake.virGetLastErrorCode = [] { return script->code; };
    fake.virGetLastErrorDomain = [] { return script->domain; };
    fake.virDomainLookupByUUID = [](virConnectPtr, const unsigned char*) {
        return script->known ? reinterpret_cast<virDomainPtr>(&thing) : nullptr;
    };
    fake.virDomainGetID = [](virDomainPtr) { return script->id; };
    fake.virDomainFree = [](virDomainPtr) { return ++script->freed, 0; };
    fake.virDomainQemuAgentCommand = command;
    return fake;
}

// One question to the agent of the run whose id is 6.
AgentReply ask(Script& said, bool filesystems = true) {
    script = &said;
    static const Library library = made_up();
    Place place;
    place.generation = 7;
    return way_to_agent(library, std::make_shared<Connections>(library, "fake:///"), place)(filesystems);
}

}  // namespace

TEST_CASE("an agent behind libvirt answers and tells of its filesystems") {
    Script said;
    said.replies["guest-ping"] = R"({"return":{}})";
    said.replies["guest-get-fsinfo"] =
        R"({"return":[{"name":"vda1","mountpoint":"/","type":"ext4","total-bytes":100,"used-bytes":40}]})";
    auto reply = ask(said);
    CHECK(reply.reach == Reach::answers);
    REQUIRE(reply.filesystems);
    CHECK(*reply.filesystems == GuestFilesystems{{"/", "vda1", 100, 40}});
    CHECK(!ask(said, false).filesystems);
    CHECK(said.freed == 2);
    CHECK(said.opened == said.closed);
    CHECK(said.longest == 2);
    for (const char* lie : {"", "no", "[]", R"({"return":7})", R"({"return":{}})"}) {
        said.replies["guest-get-fsinfo"] = lie;
        reply = ask(said);
        CHECK(reply.reach == Reach::answers);
        CHECK(!reply.filesystems);
    }
}

TEST_CASE("silence, refusal, and what says nothing of the agent are told apart") {
    struct Row {
        int code, domain;
        Reach meaning;
    };
    const Row rows[] = {
        {VIR_ERR_AGENT_UNRESPONSIVE, VIR_FROM_QEMU, Reach::silent},
        {VIR_ERR_AGENT_UNSYNCED, VIR_FROM_QEMU, Reach::silent},
        {112, VIR_FROM_QEMU, Reach::silent},
        {113, VIR_FROM_QEMU, Reach::answers},
        {VIR_ERR_INTERNAL_ERROR, VIR_FROM_QEMU, Reach::answers},  // "… has been disabled for this instance"
        {VIR_ERR_INTERNAL_ERROR, VIR_FROM_RPC, Reach::unreachable},  // the daemon went away
        {VIR_ERR_OPERATION_DENIED, VIR_FROM_ACCESS, Reach::unreachable},
        {VIR_ERR_OPERATION_INVALID, VIR_FROM_QEMU, Reach::unreachable},
        {VIR_ERR_ARGUMENT_UNSUPPORTED, VIR_FROM_QEMU, Reach::unreachable},
    };
    for (const Row& row : rows) {
        CAPTURE(row.code);
        Script said{.code = row.code, .domain = row.domain};
        CHECK(ask(said).reach == row.meaning);
        CHECK(!ask(said).filesystems);
    }
}

TEST_CASE("another run, an unknown guest and a libvirt that is away say nothing") {
    Script other{.id = 8};
    other.replies["guest-ping"] = R"({"return":{}})";
    CHECK(ask(other).reach == Reach::unreachable);
    Script unknown{.known = false};
    CHECK(ask(unknown).reach == Reach::unreachable);
    Script away{.reachable = false};
    CHECK(ask(away).reach == Reach::unreachable);
    CHECK(away.opened == 0);
    const Library without;
    CHECK(!way_to_agent(without, nullptr, Place()));
}

TEST_CASE("a definition says whether there is a channel for an agent") {
    const auto with = [](const char* name) {
        return parse_definition(fmt::format("<domain><devices><channel type='unix'><target type='virtio' name='{}'/>"
                                            "</channel></devices></domain>", name))->guest_agent;
    };
    CHECK(with("org.qemu.guest_agent.0"));
    CHECK(!with("com.redhat.spice.0"));
}

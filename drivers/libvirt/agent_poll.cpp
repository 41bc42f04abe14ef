#include "drivers/libvirt/agent_poll.h"

#include <cstdlib>
#include <utility>

#include "drivers/qemu/agent_poll.h"

namespace virtscope::libvirt {
namespace {

using Reach = AgentReply::Reach;
using Domain = std::unique_ptr<virDomain, int (*)(virDomainPtr)>;
using Text = std::unique_ptr<char, decltype(&std::free)>;

constexpr int patience = 2;  // seconds

// VIR_ERR_AGENT_COMMAND_TIMEOUT and …_FAILED of newer libvirts than we are built against.
constexpr int command_timeout = 112;
constexpr int command_failed = 113;

// What a failed call says of the agent. One that refuses has answered: libvirt hands its words on, older ones as an
// internal error.
Reach meaning_of(const Library& library) {
    const int code = library.virGetLastErrorCode();
    if (code == VIR_ERR_AGENT_UNRESPONSIVE || code == VIR_ERR_AGENT_UNSYNCED || code == command_timeout)
        return Reach::silent;
    if (code == command_failed) return Reach::answers;
    const bool of_qemu = library.virGetLastErrorDomain() == VIR_FROM_QEMU;
    return of_qemu && code == VIR_ERR_INTERNAL_ERROR ? Reach::answers : Reach::unreachable;
}

Text command(const Library& library, virDomainPtr domain, const char* text) {
    return {library.virDomainQemuAgentCommand(domain, text, patience, 0), &std::free};
}

AgentReply ask(const Library& library, virDomainPtr domain, bool about_filesystems) {
    AgentReply reply{Reach::answers, {}};
    if (command(library, domain, R"({"execute":"guest-ping"})") == nullptr) reply.reach = meaning_of(library);
    if (reply.reach != Reach::answers || !about_filesystems) return reply;
    const Text told = command(library, domain, R"({"execute":"guest-get-fsinfo"})");
    const auto answer = told != nullptr ? qemu::parse_agent_reply(told.get()) : fail(ErrorKind::absent, "no answer");
    const qemu::AgentValue* const list = answer ? answer->find("return") : nullptr;
    if (list != nullptr) reply.filesystems = qemu::told_filesystems(*list);
    return reply;
}

}  // namespace

AskAgent way_to_agent(const Library& library, std::shared_ptr<Connections> connections, const Place& place) {
    if (library.virDomainQemuAgentCommand == nullptr) return nullptr;
    return [&library, connections = std::move(connections), uuid = place.uuid,
            run = place.generation](bool about_filesystems) {
        AgentReply reply;
        const auto connection = connections->take();
        if (!connection) return reply;
        {
            const Domain domain(library.virDomainLookupByUUID(*connection, uuid.bytes.data()), library.virDomainFree);
            // As stats.h has it: libvirt gives each run an id of its own.
            const bool is_meant = domain != nullptr && std::uint64_t{library.virDomainGetID(domain.get())} + 1 == run;
            if (is_meant) reply = ask(library, domain.get(), about_filesystems);
        }
        connections->give_back(*connection);
        return reply;
    };
}

}  // namespace virtscope::libvirt

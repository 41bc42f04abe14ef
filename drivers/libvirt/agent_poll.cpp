#include "drivers/libvirt/agent_poll.h"

#include <memory>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "drivers/libvirt/guest_facts.h"

namespace virtscope::libvirt {
namespace {

using Reach = AgentReply::Reach;
using Domain = std::unique_ptr<virDomain, int (*)(virDomainPtr)>;

// VIR_ERR_AGENT_COMMAND_TIMEOUT and …_FAILED of newer libvirts than we are built against.
constexpr int command_timeout = 112;
constexpr int command_failed = 113;

GuestFilesystems filesystems(const GuestFacts& facts) {
    std::vector<ToldFilesystem> told;
    for (unsigned i = 0; i < facts.count("fs"); ++i) {
        const std::string at = fmt::format("fs.{}.", i);
        told.push_back({.mountpoint = facts.text(at + "mountpoint"),
                        .device = facts.text(at + "name"),
                        .type = facts.text(at + "fstype"),
                        .total_bytes = facts.number(at + "total-bytes"),
                        .used_bytes = facts.number(at + "used-bytes")});
    }
    return watched_filesystems(std::move(told));
}

// What a failed call says of the agent. One that refuses has answered: libvirt hands its words on, older ones
// as an internal error.
Reach meaning_of(const Library& library) {
    const int code = library.virGetLastErrorCode();
    if (code == VIR_ERR_AGENT_UNRESPONSIVE || code == VIR_ERR_AGENT_UNSYNCED || code == command_timeout)
        return Reach::silent;
    if (code == command_failed) return Reach::answers;
    const bool of_qemu = library.virGetLastErrorDomain() == VIR_FROM_QEMU;
    return of_qemu && code == VIR_ERR_INTERNAL_ERROR ? Reach::answers : Reach::unreachable;
}

// Without filesystems the name of the host is asked for: libvirt has no call that only looks whether the agent answers.
AgentReply ask(const Library& library, virDomainPtr domain, bool about_filesystems) {
    const unsigned what = about_filesystems ? VIR_DOMAIN_GUEST_INFO_FILESYSTEM : VIR_DOMAIN_GUEST_INFO_HOSTNAME;
    virTypedParameterPtr params = nullptr;
    int count = 0;
    if (library.virDomainGetGuestInfo(domain, what, &params, &count, 0) < 0) return {meaning_of(library), {}};
    AgentReply reply{Reach::answers, {}};
    const GuestFacts facts(std::span(params, static_cast<std::size_t>(count)));
    if (about_filesystems && facts.number("fs.count")) reply.filesystems = filesystems(facts);
    library.virTypedParamsFree(params, count);
    return reply;
}

}  // namespace

AskAgent way_to_agent(const Library& library, std::shared_ptr<Connections> connections, const Place& place) {
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

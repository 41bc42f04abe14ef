// guestinfo: what the agent inside a guest tells libvirt, in the same shape as the qemu driver's. None of it is believed.
#include <algorithm>
#include <span>

#include <nlohmann/json.hpp>

#include "core/text.h"
#include "drivers/libvirt/guest_facts.h"
#include "drivers/libvirt/lifecycle_verbs.h"

namespace virtscope::libvirt {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::size_t most = GuestFacts::most;

void copy(Json& to, const char* name, const GuestFacts& facts, const std::string& from) {
    if (const std::string text = facts.text(from); !text.empty()) to[name] = text;
    if (const auto number = facts.number(from)) to[name] = *number;
}

Json filesystems(const GuestFacts& facts) {
    Json list = Json::array();
    for (unsigned i = 0; i < facts.count("fs"); ++i) {
        const std::string at = fmt::format("fs.{}.", i);
        Json entry = Json::object();
        copy(entry, "name", facts, at + "name");
        copy(entry, "mountpoint", facts, at + "mountpoint");
        copy(entry, "type", facts, at + "fstype");
        copy(entry, "total_bytes", facts, at + "total-bytes");
        copy(entry, "used_bytes", facts, at + "used-bytes");
        list.push_back(std::move(entry));
    }
    return list;
}

Json addresses(std::span<const virDomainIPAddress> from) {
    Json list = Json::array();
    for (const virDomainIPAddress& address : from.first(std::min(from.size(), most))) {
        list.push_back({{"type", address.type == VIR_IP_ADDR_TYPE_IPV6 ? "ipv6" : "ipv4"},
                        {"address", printable(address.addr != nullptr ? address.addr : "", 64)},
                        {"prefix", address.prefix}});
    }
    return list;
}

// Null where the agent does not say.
Json interfaces(const Call& call, virDomainPtr domain) {
    virDomainInterfacePtr* found = nullptr;
    const int count = call.library.virDomainInterfaceAddresses(domain, &found, VIR_DOMAIN_INTERFACE_ADDRESSES_SRC_AGENT, 0);
    if (count < 0) return nullptr;
    Json list = Json::array();
    for (const virDomainInterfacePtr each : std::span(found, static_cast<std::size_t>(count))) {
        if (list.size() < most) {
            Json entry{{"name", printable(each->name != nullptr ? each->name : "", 64)}};
            if (each->hwaddr != nullptr) entry["mac"] = printable(each->hwaddr, 64);
            entry["addresses"] = addresses(std::span(each->addrs, each->naddrs));
            list.push_back(std::move(entry));
        }
        call.library.virDomainInterfaceFree(each);
    }
    std::free(static_cast<void*>(found));
    return list;
}

Json described(const GuestFacts& facts) {
    Json info = Json::object();
    Json os = Json::object();
    for (const char* const key :
         {"id", "name", "pretty-name", "version", "version-id", "variant", "kernel-release", "kernel-version", "machine"}) {
        copy(os, key, facts, std::string("os.") + key);
    }
    if (!os.empty()) info["os"] = std::move(os);
    copy(info, "hostname", facts, "hostname");
    Json list = filesystems(facts);
    if (!list.empty()) info["filesystems"] = std::move(list);
    return info;
}

std::unexpected<Error> no_agent(const Call& call) {
    const int code = call.library.virGetLastErrorCode();
    Error error = call.failed("the agent inside the guest tells nothing").error();
    // libvirt says "unsupported" of a guest that has no channel for one.
    if (code == VIR_ERR_AGENT_UNRESPONSIVE || code == VIR_ERR_AGENT_UNSYNCED || code == VIR_ERR_ARGUMENT_UNSUPPORTED) {
        return fail(ErrorKind::absent, "{}; give it a channel org.qemu.guest_agent.0 and run qemu-guest-agent in it",
                    error.message);
    }
    return std::unexpected(std::move(error));
}

}  // namespace

Result<Answer> do_guestinfo(const Call& call) {
    if (!call.guest_agents) return agents_not_permitted();
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->active) return not_running(call);
    virTypedParameterPtr params = nullptr;
    int count = 0;
    if (call.library.virDomainGetGuestInfo(guest->domain.get(), 0, &params, &count, 0) < 0) return no_agent(call);
    Json info = described(GuestFacts(std::span(params, static_cast<std::size_t>(count))));
    call.library.virTypedParamsFree(params, count);
    if (Json list = interfaces(call, guest->domain.get()); !list.is_null()) info["interfaces"] = std::move(list);
    return said(info.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace virtscope::libvirt

// guestinfo: what the agent inside a guest tells libvirt, in the same shape as the qemu driver's. None of it is believed.
#include <algorithm>
#include <map>
#include <span>

#include <nlohmann/json.hpp>

#include "core/text.h"
#include "drivers/libvirt/lifecycle_verbs.h"

namespace virtscope::libvirt {
namespace {

using Json = nlohmann::ordered_json;
constexpr unsigned most = 256;  // of each list; no guest has as many

// libvirt's answer by name: "fs.0.mountpoint".
class Facts {
public:
    explicit Facts(std::span<const virTypedParameter> params) {
        for (const virTypedParameter& param : params) {
            if (param.type == VIR_TYPED_PARAM_STRING && param.value.s != nullptr) texts_[param.field] = printable(param.value.s);
            if (param.type == VIR_TYPED_PARAM_UINT) numbers_[param.field] = param.value.ui;
            if (param.type == VIR_TYPED_PARAM_ULLONG) numbers_[param.field] = param.value.ul;
        }
    }
    unsigned count(const std::string& list) const {
        const auto found = numbers_.find(list + ".count");
        return found == numbers_.end() ? 0U : static_cast<unsigned>(std::min<std::uint64_t>(found->second, most));
    }
    void copy(Json& to, const char* name, const std::string& from) const {
        if (const auto text = texts_.find(from); text != texts_.end() && !text->second.empty()) to[name] = text->second;
        if (const auto number = numbers_.find(from); number != numbers_.end()) to[name] = number->second;
    }

private:
    std::map<std::string, std::string> texts_;
    std::map<std::string, std::uint64_t> numbers_;
};

Json filesystems(const Facts& facts) {
    Json list = Json::array();
    for (unsigned i = 0; i < facts.count("fs"); ++i) {
        const std::string at = fmt::format("fs.{}.", i);
        Json entry = Json::object();
        facts.copy(entry, "name", at + "name");
        facts.copy(entry, "mountpoint", at + "mountpoint");
        facts.copy(entry, "type", at + "fstype");
        facts.copy(entry, "total_bytes", at + "total-bytes");
        facts.copy(entry, "used_bytes", at + "used-bytes");
        list.push_back(std::move(entry));
    }
    return list;
}

Json addresses(std::span<const virDomainIPAddress> from) {
    Json list = Json::array();
    for (const virDomainIPAddress& address : from.first(std::min<std::size_t>(from.size(), most))) {
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

Json described(const Facts& facts) {
    Json info = Json::object();
    Json os = Json::object();
    for (const char* const key :
         {"id", "name", "pretty-name", "version", "version-id", "variant", "kernel-release", "kernel-version", "machine"}) {
        facts.copy(os, key, std::string("os.") + key);
    }
    if (!os.empty()) info["os"] = std::move(os);
    facts.copy(info, "hostname", "hostname");
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
    Json info = described(Facts(std::span(params, static_cast<std::size_t>(count))));
    call.library.virTypedParamsFree(params, count);
    if (Json list = interfaces(call, guest->domain.get()); !list.is_null()) info["interfaces"] = std::move(list);
    return said(info.dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace virtscope::libvirt

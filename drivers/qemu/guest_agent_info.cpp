// What a guest's agent says of the guest, put together; what it promises is in guest_agent.h.
#include <algorithm>
#include <map>
#include <utility>

#include "drivers/qemu/guest_agent.h"

namespace virtscope::qemu {
namespace {

using Clock = GuestAgent::Clock;

constexpr std::size_t max_listed = 256;
constexpr std::size_t max_sorted = 4096;  // no guest has as many; sorting a lie shall not cost much

AgentValue number(std::uint64_t value) { return {static_cast<std::int64_t>(value)}; }

void copy_text(AgentValue& to, const AgentValue& from, std::string_view key, std::string_view name) {
    if (std::string text = from.text(key); !text.empty()) to.set(std::string(name), {std::move(text)});
}

void copy_count(AgentValue& to, const AgentValue& from, std::string_view key, std::string_view name) {
    if (const auto value = from.count(key)) to.set(std::string(name), number(*value));
}

// Sorted by `key` and cut: a guest's order may change from one answer to the next.
AgentValue sorted(AgentValue::List list, std::string_view key) {
    if (list.size() > max_sorted) list.resize(max_sorted);
    std::ranges::sort(list, {}, [key](const AgentValue& each) { return std::pair(each.text(key), each.json()); });
    if (list.size() > max_listed) list.resize(max_listed);
    return {std::move(list)};
}

AgentValue os(const AgentValue& from) {
    AgentValue to{AgentValue::Object{}};
    for (const char* key : {"id", "name", "pretty-name", "version", "version-id", "variant", "kernel-release",
                            "kernel-version", "machine"}) {
        copy_text(to, from, key, key);
    }
    return to;
}

AgentValue hostname(const AgentValue& from) { return {from.text("host-name")}; }

AgentValue filesystems(const AgentValue& from) {
    AgentValue::List list;
    for (const AgentValue& each : from.list()) {
        if (!each.is_object()) continue;
        AgentValue to{AgentValue::Object{}};
        copy_text(to, each, "name", "name");
        copy_text(to, each, "mountpoint", "mountpoint");
        copy_text(to, each, "type", "type");
        copy_count(to, each, "total-bytes", "total_bytes");
        copy_count(to, each, "used-bytes", "used_bytes");
        list.push_back(std::move(to));
    }
    return sorted(std::move(list), "mountpoint");
}

AgentValue addresses(const AgentValue& interface) {
    AgentValue::List list;
    const AgentValue* from = interface.find("ip-addresses");
    for (const AgentValue& each : from != nullptr ? from->list() : AgentValue::List{}) {
        AgentValue to{AgentValue::Object{}};
        copy_text(to, each, "ip-address-type", "type");
        copy_text(to, each, "ip-address", "address");
        copy_count(to, each, "prefix", "prefix");
        list.push_back(std::move(to));
    }
    return sorted(std::move(list), "address");
}

AgentValue interfaces(const AgentValue& from) {
    AgentValue::List list;
    for (const AgentValue& each : from.list()) {
        if (!each.is_object()) continue;
        AgentValue to{AgentValue::Object{}};
        copy_text(to, each, "name", "name");
        copy_text(to, each, "hardware-address", "mac");
        to.set("addresses", addresses(each));
        list.push_back(std::move(to));
    }
    return sorted(std::move(list), "name");
}

AgentValue load(const AgentValue& from) {
    AgentValue to{AgentValue::Object{}};
    for (const char* key : {"load1m", "load5m", "load15m"}) {
        const AgentValue* value = from.find(key);
        if (value == nullptr) continue;
        if (std::holds_alternative<double>(value->held) || std::holds_alternative<std::int64_t>(value->held)) {
            to.set(key, *value);
        }
    }
    return to;
}

struct Part {
    std::string_view name;
    std::string_view command;
    bool list;      // what shape the agent's result has, else an object
    bool expected;  // every agent has it: tell where it is missing
    AgentValue (*read)(const AgentValue&);
};

constexpr Part parts[] = {
    {"os", "guest-get-osinfo", false, true, os},
    {"hostname", "guest-get-host-name", false, true, hostname},
    {"filesystems", "guest-get-fsinfo", true, true, filesystems},
    {"interfaces", "guest-network-get-interfaces", true, true, interfaces},
    {"load", "guest-get-load", false, false, load},  // since 10.0
};

// Command -> whether the guest's administrator lets it be used.
std::map<std::string, bool, std::less<>> commands(const AgentValue& info) {
    std::map<std::string, bool, std::less<>> known;
    const AgentValue* list = info.find("supported_commands");
    for (const AgentValue& each : list != nullptr ? list->list() : AgentValue::List{}) {
        const AgentValue* enabled = each.find("enabled");
        const bool* usable = enabled != nullptr ? std::get_if<bool>(&enabled->held) : nullptr;
        known.emplace(each.text("name"), usable == nullptr || *usable);
    }
    return known;
}

Result<AgentValue> ask_part(GuestAgent& agent, const Part& part, Clock::time_point deadline) {
    auto answer = agent.ask(part.command, {}, deadline);
    if (!answer) return answer;
    const bool shaped = part.list ? std::holds_alternative<AgentValue::List>(answer->held) : answer->is_object();
    if (!shaped) return fail(ErrorKind::malformed, "guest agent: its reply to {} has the wrong shape", part.command);
    return part.read(*answer);
}

}  // namespace

Result<std::string> guest_info(GuestAgent& agent, Clock::time_point deadline) {
    const auto about = agent.ask("guest-info", {}, deadline);
    if (!about) return std::unexpected(about.error());
    const auto known = commands(*about);
    AgentValue info{AgentValue::Object{}};
    AgentValue unavailable{AgentValue::Object{}};
    const auto without = [&unavailable](const Part& part, std::string why) {
        unavailable.set(std::string(part.name), {std::move(why)});
    };
    copy_text(info, *about, "version", "agent");
    for (const Part& part : parts) {
        const auto command = known.find(part.command);
        if (command == known.end()) {
            if (part.expected) without(part, fmt::format("guest agent: has no {}", part.command));
            continue;
        }
        if (!command->second) {
            without(part, fmt::format("guest agent: {} is switched off in the guest", part.command));
            continue;
        }
        auto value = ask_part(agent, part, deadline);
        if (value) info.set(std::string(part.name), std::move(*value));
        else without(part, value.error().message);
    }
    if (!std::get<AgentValue::Object>(unavailable.held).empty()) info.set("unavailable", std::move(unavailable));
    return info.json();
}

Result<std::string> guest_info(const Process& process, const CommandLine& line, Clock::time_point deadline) {
    auto agent = open_agent(process, line, deadline);
    if (!agent) return std::unexpected(agent.error());
    return guest_info(*agent, deadline);
}

}  // namespace virtscope::qemu

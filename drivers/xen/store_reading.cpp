#include "drivers/xen/store_reading.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "drivers/xen/store_values.h"

namespace virtscope::xen {
namespace {

// A backend, and what there is of its leaves that are read.
struct Device {
    Kind kind{};
    unsigned number = 0;
    bool exists = false;
    std::map<std::string_view, std::string> leaves;

    std::optional<std::string_view> value(std::string_view leaf) const {
        const auto found = leaves.find(leaf);
        if (found == leaves.end()) return std::nullopt;
        return found->second;
    }
    std::string text(std::string_view leaf) const { return text_of(value(leaf).value_or("")); }
};

void put_disk(DomainFacts& facts, const Device& device) {
    std::erase_if(facts.vbds, [&](const Vbd& vbd) { return vbd.device == device.number && vbd.kind == name_of(device.kind); });
    if (!device.exists) return;
    Vbd vbd{.device = device.number, .kind = std::string(name_of(device.kind))};
    vbd.name = device.text("dev");
    if (vbd.name.empty()) vbd.name = std::to_string(device.number);
    vbd.source = source_of(device.kind, device.value("params").value_or(""));
    vbd.capacity = capacity_of(device.kind, device.value("sectors").value_or(""), device.value("sector-size"));
    const auto place = std::ranges::lower_bound(facts.vbds, std::tie(vbd.device, vbd.kind), {},
                                                [](const Vbd& other) { return std::tie(other.device, other.kind); });
    facts.vbds.insert(place, std::move(vbd));
}

void put_network(DomainFacts& facts, const Device& device) {
    std::erase_if(facts.vifs, [&](const Vif& vif) { return vif.device == device.number; });
    if (!device.exists) return;
    Vif vif{.device = device.number};
    vif.name = device.text("vifname");
    if (vif.name.empty()) vif.name = fmt::format("vif{}.{}", facts.domid, device.number);
    vif.bridge = device.text("bridge");
    facts.vifs.insert(std::ranges::lower_bound(facts.vifs, device.number, {}, &Vif::device), std::move(vif));
}

// The devices of whole kinds that are stale. They are to be told anew, so what was known of these kinds goes.
void list_devices(StoreLink& link, DomainFacts& facts, std::uint8_t kinds, std::vector<Device>& devices) {
    std::vector<Kind> asked;
    std::vector<std::string> paths;
    for (const Kind kind : all_kinds) {
        if ((kinds & bit_of(kind)) == 0) continue;
        asked.push_back(kind);
        paths.push_back(backend_path(kind, facts.domid));
        std::erase_if(facts.vbds, [&](const Vbd& vbd) { return vbd.kind == name_of(kind); });
        if (kind == Kind::vif) facts.vifs.clear();
    }
    const auto lists = link.list(paths);
    for (std::size_t i = 0; i < lists.size(); ++i) {
        for (const std::string& name : lists[i]) {
            if (const auto number = index_of(name)) devices.push_back({.kind = asked[i], .number = *number});
        }
    }
}

// Only leaves that there are: most devices lack some, and asking for these would be in vain.
void read_devices(StoreLink& link, std::uint32_t domid, std::vector<Device>& devices) {
    std::vector<std::string> paths;
    paths.reserve(devices.size());
    for (const Device& device : devices) paths.push_back(backend_path(device.kind, domid, device.number));
    const auto nodes = link.list(paths);
    std::vector<std::string> leaves;
    std::vector<std::pair<Device*, std::string_view>> asked;
    for (std::size_t i = 0; i < devices.size(); ++i) {
        devices[i].exists = !nodes[i].empty();
        for (const std::string_view leaf : leaves_of(devices[i].kind)) {
            if (std::ranges::find(nodes[i], leaf) == nodes[i].end()) continue;
            leaves.push_back(fmt::format("{}/{}", paths[i], leaf));
            asked.emplace_back(&devices[i], leaf);
        }
    }
    auto values = link.read(leaves);
    for (std::size_t i = 0; i < asked.size(); ++i) {
        if (values[i]) asked[i].first->leaves.emplace(asked[i].second, std::move(*values[i]));
    }
}

void read_backends(StoreLink& link, DomainFacts& facts, const Stale& stale) {
    std::vector<Device> devices;
    list_devices(link, facts, stale.kinds, devices);
    for (const auto& [kind, number] : stale.devices) {
        if ((stale.kinds & bit_of(kind)) == 0) devices.push_back({.kind = kind, .number = number});
    }
    read_devices(link, facts.domid, devices);
    for (const Device& device : devices) {
        if (device.kind == Kind::vif) {
            put_network(facts, device);
        } else {
            put_disk(facts, device);
        }
    }
}

void read_identity(StoreLink& link, DomainFacts& facts, const Stale& stale) {
    // Tool stacks write the time together with the target, and never again. Domain-0 was not started by one: nobody wrote it
    // down.
    const bool start = stale.target && facts.start_realtime == 0 && facts.domid != 0;
    std::vector<std::string> paths;
    if (stale.name) paths.push_back(name_path(facts.domid));
    if (stale.target) paths.insert(paths.end(), {target_path(facts.domid), most_path(facts.domid)});
    if (start) paths.push_back(start_path(facts.uuid));
    const auto values = link.read(paths);
    auto value = values.begin();
    if (stale.name) {
        // A domain has its name to the end: when the node goes, the domain is being destroyed.
        const std::string name = text_of((value++)->value_or(""));
        if (!name.empty()) facts.name = name;
    }
    constexpr std::uint64_t unit = 1024;
    if (stale.target) {
        facts.memory_target = product_of(number_of((value++)->value_or("")), unit);
        facts.memory_most = product_of(number_of((value++)->value_or("")), unit);
    }
    if (start) facts.start_realtime = start_time_of(value->value_or(""));
}

}  // namespace

void Stale::add(const Change& change) {
    constexpr std::size_t many = 16;
    name |= change.name;
    target |= change.target;
    if (!change.device) kinds = static_cast<std::uint8_t>(kinds | change.kinds);
    for (const Kind kind : all_kinds) {
        if (change.device && (change.kinds & bit_of(kind)) != 0) devices.emplace(kind, *change.device);
    }
    if (devices.size() <= many) return;
    for (const auto& [kind, device] : devices) kinds = static_cast<std::uint8_t>(kinds | bit_of(kind));
    devices.clear();
}

DomainFacts read_again(StoreLink& link, DomainFacts facts, const Stale& stale) {
    read_identity(link, facts, stale);
    read_backends(link, facts, stale);
    return facts;
}

}  // namespace virtscope::xen

#include "drivers/xen/store_reading.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "drivers/xen/store_values.h"

namespace virtscope::xen {
namespace {

using Names = std::vector<std::string>;

// A value of a device, if the list of its nodes has it: most devices lack some, and asking for these would be in vain.
std::optional<std::string> value_of(StoreLink& link, const std::string& device, const Names& nodes, std::string_view leaf) {
    if (std::ranges::find(nodes, leaf) == nodes.end()) return std::nullopt;
    return link.read(fmt::format("{}/{}", device, leaf));
}

void read_disk(StoreLink& link, DomainFacts& facts, Kind kind, unsigned device) {
    const std::string path = backend_path(kind, facts.domid, device);
    const Names nodes = link.list(path);
    std::erase_if(facts.vbds, [&](const Vbd& vbd) { return vbd.device == device && vbd.kind == name_of(kind); });
    if (nodes.empty()) return;
    Vbd vbd{.device = device, .kind = std::string(name_of(kind))};
    vbd.name = text_of(value_of(link, path, nodes, "dev").value_or(""));
    if (vbd.name.empty()) vbd.name = std::to_string(device);
    vbd.source = source_of(kind, value_of(link, path, nodes, "params").value_or(""));
    const auto sector_size = value_of(link, path, nodes, "sector-size");
    vbd.capacity = capacity_of(kind, value_of(link, path, nodes, "sectors").value_or(""), sector_size);
    const auto place = std::ranges::lower_bound(facts.vbds, std::tie(vbd.device, vbd.kind), {},
                                                [](const Vbd& other) { return std::tie(other.device, other.kind); });
    facts.vbds.insert(place, std::move(vbd));
}

void read_network(StoreLink& link, DomainFacts& facts, unsigned device) {
    const std::string path = backend_path(Kind::vif, facts.domid, device);
    const Names nodes = link.list(path);
    std::erase_if(facts.vifs, [&](const Vif& vif) { return vif.device == device; });
    if (nodes.empty()) return;
    Vif vif{.device = device};
    vif.name = text_of(value_of(link, path, nodes, "vifname").value_or(""));
    if (vif.name.empty()) vif.name = fmt::format("vif{}.{}", facts.domid, device);
    vif.bridge = text_of(value_of(link, path, nodes, "bridge").value_or(""));
    facts.vifs.insert(std::ranges::lower_bound(facts.vifs, device, {}, &Vif::device), std::move(vif));
}

void read_device(StoreLink& link, DomainFacts& facts, Kind kind, unsigned device) {
    if (kind == Kind::vif) {
        read_network(link, facts, device);
    } else {
        read_disk(link, facts, kind, device);
    }
}

void read_devices(StoreLink& link, DomainFacts& facts, Kind kind) {
    const Names devices = link.list(backend_path(kind, facts.domid));
    if (kind == Kind::vif) {
        facts.vifs.clear();
    } else {
        std::erase_if(facts.vbds, [&](const Vbd& vbd) { return vbd.kind == name_of(kind); });
    }
    for (const std::string& name : devices) {
        if (const auto device = index_of(name)) read_device(link, facts, kind, *device);
    }
}

void read_start(StoreLink& link, DomainFacts& facts) {
    if (facts.domid == 0) return;  // it was not started by a tool stack: nobody wrote it down
    facts.start_realtime = start_time_of(link.read(start_path(facts.uuid)).value_or(""));
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
    if (stale.name) {
        // A domain has its name to the end: when the node goes, the domain is being destroyed.
        const std::string name = text_of(link.read(name_path(facts.domid)).value_or(""));
        if (!name.empty()) facts.name = name;
    }
    if (stale.target) {
        constexpr std::uint64_t unit = 1024;
        facts.memory_target = product_of(number_of(link.read(target_path(facts.domid)).value_or("")), unit);
        // Tool stacks write it together with the target, and never again.
        if (facts.start_realtime == 0) read_start(link, facts);
    }
    for (const Kind kind : all_kinds) {
        if ((stale.kinds & bit_of(kind)) != 0) read_devices(link, facts, kind);
    }
    for (const auto& [kind, device] : stale.devices) {
        if ((stale.kinds & bit_of(kind)) == 0) read_device(link, facts, kind, device);
    }
    return facts;
}

}  // namespace virtscope::xen

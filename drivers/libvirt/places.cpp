#include "drivers/libvirt/places.h"

#include <algorithm>

#include <fmt/format.h>

#include "drivers/loopback.h"

namespace virtscope::libvirt {

Place copy_of(const Place& from) {
    Place to;
    to.uuid = from.uuid;
    to.generation = from.generation;
    to.name = from.name;
    to.machine = from.machine;
    to.note = from.note;
    to.local_id = from.local_id;
    for (const VcpuPlace& vcpu : from.vcpus) to.vcpus.push_back({vcpu.index, std::nullopt});
    to.disks = from.disks;
    to.nics = from.nics;
    to.displays = from.displays;
    to.filesystems = from.filesystems;
    to.memory_max = from.memory_max;
    return to;
}

std::vector<DisplayPlace> displays_of(const Definition& definition) {
    std::vector<DisplayPlace> displays;
    for (const DefinedDisplay& defined : definition.displays) {
        DisplayPlace display{.name = defined.type};
        for (unsigned n = 2; std::ranges::find(displays, display.name, &DisplayPlace::name) != displays.end(); ++n) {
            display.name = defined.type + std::to_string(n);
        }
        display.source = defined.socket;
        if (!defined.address.empty()) {
            const bool v6 = defined.address.find(':') != std::string::npos;
            const std::string port = defined.port != 0 ? std::to_string(defined.port) : "?";
            display.source = fmt::format("{}{}{}:{}", v6 ? "[" : "", defined.address, v6 ? "]" : "", port);
            display.exposed = !is_loopback_address(defined.address);
            if (defined.port != 0) display.port = defined.port;
        }
        displays.push_back(std::move(display));
    }
    return displays;
}

void make_inactive(Place& place) {
    place.generation = 0;
    place.vcpus.clear();
    place.disks.clear();
    place.nics.clear();
    place.displays.clear();
    place.filesystems.clear();
}

bool same_shape(const Place& a, const Place& b) {
    const auto same_names = [](const auto& x, const auto& y) {
        return std::ranges::equal(x, y, [](const auto& p, const auto& q) { return p.name == q.name; });
    };
    return a.uuid == b.uuid && a.generation == b.generation && a.name == b.name && a.memory_max == b.memory_max &&
           a.machine == b.machine && a.vcpus.size() == b.vcpus.size() &&
           same_names(a.disks, b.disks) && same_names(a.nics, b.nics);
}

void mark_stale(const Slot& slot, GuestState last_known, Frame& frame) {
    const bool off = slot.place->generation == 0;
    const auto state = off ? GuestState::shut_off : last_known;
    if (state != GuestState::unknown) frame.set(slot.guest, GuestMetric::state, static_cast<std::uint64_t>(state));
    frame.set(slot.guest, GuestMetric::stale, 1);
    frame.table(Scope::Guest).row(slot.guest).quality = Quality::stale;
    const auto mark = [&frame](Scope scope, std::size_t first, std::size_t count) {
        for (std::size_t i = 0; i < count; ++i) frame.table(scope).row(first + i).quality = Quality::stale;
    };
    if (slot.own_disks) mark(Scope::Disk, slot.first_disk, slot.place->disks.size());
    if (slot.own_vcpus) mark(Scope::Vcpu, slot.first_vcpu, slot.place->vcpus.size());
    if (slot.own_nics) mark(Scope::Nic, slot.first_nic, slot.place->nics.size());
}

}  // namespace virtscope::libvirt

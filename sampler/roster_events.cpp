#include "sampler/roster_events.h"

#include <algorithm>
#include <span>
#include <string>
#include <unordered_map>

#include <fmt/format.h>

namespace virtscope {
namespace {

using Index = std::unordered_map<Uuid, const RosterGuest*, UuidHash>;

Index index_of(const Roster& roster) {
    Index index;
    index.reserve(roster.guests.size());
    for (const RosterGuest& guest : roster.guests) index.emplace(guest.uuid, &guest);
    return index;
}

using Instances = std::span<const RosterInstance>;

Instances devices(const std::vector<RosterInstance>& all, std::uint32_t first, std::uint32_t count) {
    return Instances(all).subspan(first, count);
}

bool holds(Instances devices, const std::string& name) {
    return std::ranges::find(devices, name, &RosterInstance::name) != devices.end();
}

void device_events(const RosterGuest& guest, std::string_view what, Instances before, Instances now,
                   std::vector<Event>& out) {
    for (const RosterInstance& device : now) {
        if (holds(before, device.name)) continue;
        out.push_back({EventKind::device_added, guest.uuid, guest.name, fmt::format("{} {}", what, device.name)});
    }
    for (const RosterInstance& device : before) {
        if (holds(now, device.name)) continue;
        out.push_back({EventKind::device_removed, guest.uuid, guest.name, fmt::format("{} {}", what, device.name)});
    }
}

Event plain(EventKind kind, const RosterGuest& guest, std::string text = {}) {
    return {kind, guest.uuid, guest.name, std::move(text)};
}

// Filesystems and displays come and go without an event: they are no devices.
void same_guest_events(const Roster& before, const RosterGuest& old, const Roster& now, const RosterGuest& guest,
                       std::vector<Event>& out) {
    if (old.name != guest.name) out.push_back(plain(EventKind::guest_renamed, guest, "was " + old.name));
    device_events(guest, "disk", devices(before.disks, old.first_disk, old.disks),
                  devices(now.disks, guest.first_disk, guest.disks), out);
    device_events(guest, "nic", devices(before.nics, old.first_nic, old.nics),
                  devices(now.nics, guest.first_nic, guest.nics), out);
}

// Generation 0 is a guest that is defined, not running: no run of it begins or ends.
bool runs(const RosterGuest& guest) { return guest.generation != 0; }

const RosterGuest* find(const Index& index, const RosterGuest& guest) {
    const auto found = index.find(guest.uuid);
    return found != index.end() ? found->second : nullptr;
}

}  // namespace

std::vector<Event> roster_events(const Roster& before, const Roster& now) {
    std::vector<Event> out;
    const Index older = index_of(before);
    const Index newer = index_of(now);
    for (const RosterGuest& guest : now.guests) {
        const RosterGuest* const old = find(older, guest);
        if (old != nullptr && old->generation == guest.generation) {
            same_guest_events(before, *old, now, guest, out);
        } else if (runs(guest)) {
            out.push_back(plain(EventKind::guest_started, guest));
        }
    }
    for (const RosterGuest& guest : before.guests) {
        const RosterGuest* const still = find(newer, guest);
        const bool ended = still == nullptr || still->generation != guest.generation;
        if (runs(guest) && ended) out.push_back(plain(EventKind::guest_stopped, guest));
    }
    return out;
}

}  // namespace virtscope

#include "sampler/enlistment.h"

#include <algorithm>
#include <unordered_map>

namespace virtscope {
namespace {

// One guest and who sees it: indices of a party and of its place, in the order of the parties.
struct Sighting {
    std::size_t party = 0;
    std::size_t index = 0;
};
using Sightings = std::vector<Sighting>;

const Place& place_of(std::span<const Party> parties, const Sighting& seen) {
    return parties[seen.party].places[seen.index];
}

// In the order in which guests are first seen.
std::vector<Sightings> gather(std::span<const Party> parties) {
    std::vector<Sightings> guests;
    std::unordered_map<Uuid, std::size_t, UuidHash> known;
    for (std::size_t party = 0; party < parties.size(); ++party) {
        for (std::size_t index = 0; index < parties[party].places.size(); ++index) {
            const auto [found, is_new] = known.try_emplace(parties[party].places[index].uuid, guests.size());
            if (is_new) guests.emplace_back();
            guests[found->second].push_back({party, index});
        }
    }
    return guests;
}

template <class Device>
std::uint32_t append(std::vector<RosterInstance>& out, std::uint32_t guest, const std::vector<Device>& devices) {
    for (const Device& device : devices) out.push_back({guest, device.name, device.source});
    return static_cast<std::uint32_t>(devices.size());
}

// What is known of a guest, put together.
struct Choice {
    std::size_t process = 0;  // index of the sighting that gives threads, interfaces, displays and generation
    std::size_t manager = 0;  // name, disks and filesystems
    bool off = false;         // no devices: it does not run, or only one of two drivers has seen that it does
    bool waits = false;       // for the other
};

// Begun so lately that its manager may not know.
bool is_young(const Place& process, std::int64_t now) {
    constexpr std::int64_t young = 5'000'000'000;
    return now - process.start_realtime <= young;
}

bool lists(const Roster* roster, const Place& run) {
    return roster != nullptr && std::ranges::any_of(roster->guests, [&](const RosterGuest& guest) {
        return guest.uuid == run.uuid && guest.generation == run.generation;
    });
}

// What the drivers say of the guest, `patient` or not.
struct Moment {
    std::int64_t now = 0;
    bool patient = true;
    const Roster* before = nullptr;
};

// One driver says that it runs, the other does not yet.
bool is_half_seen(const Place* process, const Place& manager, const Party& party, const Moment& moment) {
    if (!moment.patient || !party.processes) return false;
    if (process == nullptr) return manager.generation != 0 && !lists(moment.before, manager);
    const bool news = manager.generation == 0 && party.answers && is_young(*process, moment.now);
    return process != &manager && news && !lists(moment.before, *process);
}

Choice choose(std::span<const Party> parties, const Sightings& sightings, const Moment& moment) {
    Choice choice{.process = sightings.size() - 1, .manager = sightings.size() - 1};
    const Place* process = nullptr;
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        if (place_of(parties, sightings[i]).process == nullptr) continue;
        choice.process = i;
        process = &place_of(parties, sightings[i]);
    }
    const Sighting& manager = sightings[choice.manager];
    choice.waits = is_half_seen(process, place_of(parties, manager), parties[manager.party], moment);
    choice.off = choice.waits || place_of(parties, sightings[choice.process]).generation == 0;
    return choice;
}

// A process whose manager answers and has not told of it yet. One that is older is another manager's of that name.
bool awaits_manager(std::span<const Party> parties, const Sightings& sightings, std::int64_t now) {
    if (sightings.size() != 1) return false;
    const Place& place = place_of(parties, sightings.front());
    if (place.managed_by.empty() || !is_young(place, now)) return false;
    return std::ranges::any_of(parties, [&](const Party& party) {
        return party.driver == place.managed_by && party.processes && party.answers;
    });
}

// What its manager alone could tell is missing while that cannot be reached.
std::string note_of(std::span<const Party> parties, const Place& place) {
    if (place.managed_by.empty()) return place.note;
    const auto silent = std::ranges::find_if(parties, [&](const Party& party) {
        return party.driver == place.managed_by && party.processes && !party.answers;
    });
    return silent != parties.end() ? std::string(silent->driver) + ": not reachable" : place.note;
}

RosterGuest describe(std::span<const Party> parties, const Sightings& sightings, const Choice& choice) {
    const Place& process = place_of(parties, sightings[choice.process]);
    const Place& manager = place_of(parties, sightings[choice.manager]);
    const Party& party = parties[sightings[choice.manager].party];
    return {.uuid = manager.uuid,
            .generation = choice.off ? 0 : process.generation,
            .name = manager.name,
            .driver = std::string(party.driver),
            .machine = manager.machine.empty() ? process.machine : manager.machine,
            .note = note_of(parties, manager),
            .local_id = party.processes ? manager.local_id : process.local_id};
}

// Adds the rows of the guest's devices and says in `guest` which they are.
void add_devices(Roster& roster, RosterGuest& guest, const Place& process, const Place& manager) {
    const auto row = static_cast<std::uint32_t>(roster.guests.size());
    for (const VcpuPlace& vcpu : process.vcpus) roster.vcpus.push_back({row, std::to_string(vcpu.index), {}});
    guest.vcpus = static_cast<std::uint32_t>(process.vcpus.size());
    guest.disks = append(roster.disks, row, manager.disks);
    guest.nics = append(roster.nics, row, process.nics);
    guest.filesystems = append(roster.filesystems, row, manager.filesystems);
    guest.displays = append(roster.displays, row, process.displays);
}

void enlist_one(std::span<const Party> parties, const Sightings& sightings, const Choice& choice, Roster& roster,
                Enlistment& result) {
    RosterGuest guest = describe(parties, sightings, choice);
    for (const GuestList& list : guest_lists) guest.*list.first = static_cast<std::uint32_t>((roster.*list.all).size());
    const Place& manager = place_of(parties, sightings[choice.manager]);
    if (!choice.off) add_devices(roster, guest, place_of(parties, sightings[choice.process]), manager);
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        const bool reads_process = i == choice.process && !choice.off;
        const bool asks_manager = i == choice.manager && !choice.off;
        result.slots[sightings[i].party][sightings[i].index] = {.place = &place_of(parties, sightings[i]),
                                                                .guest = roster.guests.size(),
                                                                .first_vcpu = guest.first_vcpu,
                                                                .first_disk = guest.first_disk,
                                                                .first_nic = guest.first_nic,
                                                                .first_filesystem = guest.first_filesystem,
                                                                .first_display = guest.first_display,
                                                                .own_vcpus = reads_process,
                                                                .own_disks = asks_manager,
                                                                .own_nics = reads_process,
                                                                .own_filesystems = asks_manager,
                                                                .own_displays = reads_process};
    }
    result.waits = result.waits || choice.waits;
    result.manager.push_back(sightings[choice.manager].party);
    roster.guests.push_back(std::move(guest));
}

}  // namespace

Enlistment enlist(std::span<const Party> parties, std::int64_t now, bool patient, const Roster* before,
                  Roster& roster) {
    Enlistment result;
    for (const Party& party : parties) result.slots.emplace_back(party.places.size());
    for (const Sightings& sightings : gather(parties)) {
        if (patient && awaits_manager(parties, sightings, now)) {
            result.waits = true;
        } else {
            enlist_one(parties, sightings, choose(parties, sightings, {now, patient, before}), roster, result);
        }
    }
    return result;
}

}  // namespace virtscope

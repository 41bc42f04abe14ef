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
    std::size_t process = 0;  // index of the sighting that gives threads, interfaces and generation
    std::size_t manager = 0;  // name and disks
    bool off = false;         // no devices: it does not run, or its process is still to be found
};

bool lists(const Roster* roster, const Place& run) {
    return roster != nullptr && std::ranges::any_of(roster->guests, [&](const RosterGuest& guest) {
        return guest.uuid == run.uuid && guest.generation == run.generation;
    });
}

Choice choose(std::span<const Party> parties, const Sightings& sightings, bool patient, const Roster* before) {
    Choice choice{.process = sightings.size() - 1, .manager = sightings.size() - 1};
    bool found = false;
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        if (place_of(parties, sightings[i]).process == nullptr) continue;
        choice.process = i;
        found = true;
    }
    choice.off = place_of(parties, sightings[choice.process]).generation == 0;
    const bool hidden = !found && parties[sightings[choice.manager].party].processes;
    if (hidden && patient && !lists(before, place_of(parties, sightings[choice.manager]))) choice.off = true;
    return choice;
}

// A process whose manager answers and has not told of it yet. One that is older is another manager's of that name.
bool awaits_manager(std::span<const Party> parties, const Sightings& sightings, std::int64_t now) {
    constexpr std::int64_t young = 5'000'000'000;
    if (sightings.size() != 1) return false;
    const Place& place = place_of(parties, sightings.front());
    if (place.managed_by.empty() || now - place.start_realtime > young) return false;
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
    return {.uuid = manager.uuid,
            .generation = choice.off ? 0 : process.generation,
            .name = manager.name,
            .driver = std::string(parties[sightings[choice.manager].party].driver),
            .machine = manager.machine.empty() ? process.machine : manager.machine,
            .note = note_of(parties, manager),
            .local_id = manager.local_id != 0 ? manager.local_id : process.local_id};
}

// Adds the rows of the guest's devices and says in `guest` which they are.
void add_devices(Roster& roster, RosterGuest& guest, const Place& process, const Place& manager) {
    const auto row = static_cast<std::uint32_t>(roster.guests.size());
    for (const VcpuPlace& vcpu : process.vcpus) roster.vcpus.push_back({row, std::to_string(vcpu.index), {}});
    guest.vcpus = static_cast<std::uint32_t>(process.vcpus.size());
    guest.disks = append(roster.disks, row, manager.disks);
    guest.nics = append(roster.nics, row, process.nics);
}

void enlist_one(std::span<const Party> parties, const Sightings& sightings, const Choice& choice, Roster& roster,
                Enlistment& result) {
    RosterGuest guest = describe(parties, sightings, choice);
    guest.first_vcpu = static_cast<std::uint32_t>(roster.vcpus.size());
    guest.first_disk = static_cast<std::uint32_t>(roster.disks.size());
    guest.first_nic = static_cast<std::uint32_t>(roster.nics.size());
    const Place& manager = place_of(parties, sightings[choice.manager]);
    if (!choice.off) add_devices(roster, guest, place_of(parties, sightings[choice.process]), manager);
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        const bool reads_process = i == choice.process && !choice.off;
        result.slots[sightings[i].party][sightings[i].index] = {.place = &place_of(parties, sightings[i]),
                                                                .guest = roster.guests.size(),
                                                                .first_vcpu = guest.first_vcpu,
                                                                .first_disk = guest.first_disk,
                                                                .first_nic = guest.first_nic,
                                                                .own_vcpus = reads_process,
                                                                .own_disks = i == choice.manager && !choice.off,
                                                                .own_nics = reads_process};
    }
    result.waits = result.waits || (choice.off && manager.generation != 0);
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
            enlist_one(parties, sightings, choose(parties, sightings, patient, before), roster, result);
        }
    }
    return result;
}

}  // namespace virtscope

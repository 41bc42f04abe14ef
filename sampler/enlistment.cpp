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

// Which of a guest's sightings gives each table.
struct Choice {
    std::size_t process;  // threads, interfaces, generation
    std::size_t manager;  // name, disks
};

Choice choose(std::span<const Party> parties, const Sightings& sightings) {
    Choice choice{.process = sightings.size() - 1, .manager = sightings.size() - 1};
    for (std::size_t i = 0; i < sightings.size(); ++i) {
        if (place_of(parties, sightings[i]).process != nullptr) choice.process = i;
    }
    return choice;
}

RosterGuest describe(std::span<const Party> parties, const Sightings& sightings, const Choice& choice) {
    const Place& process = place_of(parties, sightings[choice.process]);
    const Place& manager = place_of(parties, sightings[choice.manager]);
    return {.uuid = manager.uuid,
            .generation = process.generation,
            .name = manager.name,
            .driver = std::string(parties[sightings[choice.manager].party].driver),
            .machine = manager.machine.empty() ? process.machine : manager.machine,
            .note = manager.note,
            .local_id = manager.local_id != 0 ? manager.local_id : process.local_id};
}

}  // namespace

Enlistment enlist(std::span<const Party> parties, Roster& roster) {
    Enlistment result;
    for (const Party& party : parties) result.slots.emplace_back(party.places.size());
    for (const Sightings& sightings : gather(parties)) {
        const Choice choice = choose(parties, sightings);
        const Place& process = place_of(parties, sightings[choice.process]);
        const Place& manager = place_of(parties, sightings[choice.manager]);
        const auto row = static_cast<std::uint32_t>(roster.guests.size());
        RosterGuest guest = describe(parties, sightings, choice);
        guest.first_vcpu = static_cast<std::uint32_t>(roster.vcpus.size());
        guest.first_disk = static_cast<std::uint32_t>(roster.disks.size());
        guest.first_nic = static_cast<std::uint32_t>(roster.nics.size());
        for (const VcpuPlace& vcpu : process.vcpus) roster.vcpus.push_back({row, std::to_string(vcpu.index), {}});
        guest.vcpus = static_cast<std::uint32_t>(process.vcpus.size());
        guest.disks = append(roster.disks, row, manager.disks);
        guest.nics = append(roster.nics, row, process.nics);
        for (std::size_t i = 0; i < sightings.size(); ++i) {
            result.slots[sightings[i].party][sightings[i].index] = {.place = &place_of(parties, sightings[i]),
                                                                   .guest = row,
                                                                   .first_vcpu = guest.first_vcpu,
                                                                   .first_disk = guest.first_disk,
                                                                   .first_nic = guest.first_nic,
                                                                   .own_vcpus = i == choice.process,
                                                                   .own_disks = i == choice.manager,
                                                                   .own_nics = i == choice.process};
        }
        result.manager.push_back(sightings[choice.manager].party);
        roster.guests.push_back(std::move(guest));
    }
    return result;
}

}  // namespace virtscope

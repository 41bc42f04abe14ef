#include "drivers/libvirt/definitions.h"

#include <cstdlib>

#include "drivers/libvirt/places.h"

namespace virtscope::libvirt {
namespace {

constexpr std::chrono::seconds lasts{300};  // events tell of devices long before

void describe(Place& place, const Definition& definition) {
    place.machine = definition.machine;
    place.displays = displays_of(definition);
    place.memory_max = definition.memory_max;
    for (const DefinedDisk& disk : definition.disks) place.disks.push_back({disk.target, disk.source});
}

}  // namespace

void Definitions::read(virDomainPtr domain, Known& known) const {
    known.read = Clock::now();
    const std::unique_ptr<char, void (*)(void*)> xml(library_.virDomainGetXMLDesc(domain, 0), std::free);
    if (xml == nullptr) {
        known.problem = last_error(library_, "definition").message;
        return;
    }
    auto definition = parse_definition(xml.get());
    known.problem = definition ? "" : definition.error().message;
    const bool same = definition && known.definition != nullptr && *known.definition == *definition;
    if (definition && !same) known.definition = std::make_shared<const Definition>(std::move(*definition));
}

void Definitions::complete(std::vector<GuestStats>& guests, virDomainStatsRecordPtr* records) {
    const auto now = Clock::now();
    std::size_t again = 1 + guests.size() / static_cast<std::size_t>(lasts.count());
    std::map<Uuid, Known> kept;
    for (std::size_t i = 0; i < guests.size(); ++i) {
        GuestStats& guest = guests[i];
        if (guest.place.generation == 0) continue;
        Known& known = kept[guest.place.uuid] = std::move(known_[guest.place.uuid]);
        const bool is_new = known.generation != guest.place.generation;
        if (is_new) known = {guest.place.generation, {}, nullptr, {}};
        if (is_new || (now - known.read >= lasts && again > 0)) {
            if (!is_new) --again;
            read(records[i]->dom, known);
        }
        if (library_.virDomainRef(records[i]->dom) == 0) guest.domain = {records[i]->dom, library_.virDomainFree};
        guest.definition = known.definition;
        if (known.definition != nullptr) describe(guest.place, *known.definition);
        guest.place.note = known.problem;
    }
    known_ = std::move(kept);
}

}  // namespace virtscope::libvirt

// Definitions: the running guests' XML, read once for each run and again now and then, for devices come and go.
#pragma once

#include <map>
#include <vector>

#include "drivers/driver.h"
#include "drivers/libvirt/stats.h"

namespace virtscope::libvirt {

class Definitions {
public:
    explicit Definitions(const Library& library) : library_(library) {}

    // Adds to each running guest its domain, definition, machine, memory and disks; records[i] is guests[i]'s. Calls
    // libvirt for guests that are new and a few of those that were read long ago, which no guest can hold up. One whose
    // XML cannot be read has a note.
    void complete(std::vector<GuestStats>& guests, virDomainStatsRecordPtr* records);

    // The guest's devices may be others: its XML is read at the next call of complete().
    void forget(const Uuid& guest) { known_.erase(guest); }

private:
    struct Known {
        std::uint64_t generation = 0;
        Clock::time_point read;
        std::shared_ptr<const Definition> definition;
        std::string problem;
    };
    void read(virDomainPtr domain, Known& known) const;

    const Library& library_;
    std::map<Uuid, Known> known_;
};

}  // namespace virtscope::libvirt

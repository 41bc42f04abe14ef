// Stats: what libvirt's bulk statistics say of one guest, as a place and as cells of a frame.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/frame.h"
#include "drivers/libvirt/definition.h"
#include "drivers/libvirt/library.h"
#include "drivers/place.h"

namespace virtscope::libvirt {

// The numbers and texts of one record by libvirt's own names ("block.0.rd.reqs"); a missing one is not known.
struct GuestStats {
    Place place;
    GuestState state = GuestState::unknown;
    std::map<std::string, std::uint64_t, std::less<>> numbers;
    // Of running guests of a QEMU on this host, whose devices are asked about one by one.
    std::shared_ptr<virDomain> domain;  // keeps its connection open too
    std::shared_ptr<const Definition> definition;
};

// libvirt's state and its reason as ours.
GuestState guest_state(int state, int reason);

// Copies a record; keeps nothing of libvirt's. Only local calls are made of `library`.
GuestStats read_record(const Library& library, const virDomainStatsRecord& record);

// Fills the guest's row and those of the tables the slot owns. `time` is when the values were true, ns.
void report(const Slot& slot, const GuestStats& stats, std::int64_t time, Frame& frame);

}  // namespace virtscope::libvirt

// Enlistment: the drivers' places made into one roster, each guest once.
//
// A guest that two drivers see (a libvirt guest is a QEMU process whose monitor is libvirt's) is told apart by its UUID
// alone and has one row. The driver listed later manages it and gives it its name; each table of devices is taken from
// the place that knows more: threads and interfaces from the one with a process, disks from the one that manages it.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "core/roster.h"
#include "drivers/place.h"

namespace virtscope {

// The places of one driver.
struct Party {
    std::string_view driver;
    std::span<const Place> places;
};

struct Enlistment {
    std::vector<std::vector<Slot>> slots;  // slots[p][i] belongs to parties[p].places[i]
    std::vector<std::size_t> manager;      // of each guest's row: the party that manages it
};

// Adds all guests of all parties to an empty roster.
Enlistment enlist(std::span<const Party> parties, Roster& roster);

}  // namespace virtscope

// Enlistment: the drivers' places made into one roster, each guest once.
//
// A guest that two drivers see (a libvirt guest is a QEMU process whose monitor is libvirt's) is told apart by its UUID
// alone and has one row. The driver listed later manages it and gives it its name; each table of devices is taken from
// the place that knows more: threads, interfaces and displays
// from the one with a process, disks and filesystems from the one that manages it.
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
    bool processes = false;  // its running guests are processes of this host, which another party reads
    bool answers = true;     // its hypervisor can be reached
};

struct Enlistment {
    std::vector<std::vector<Slot>> slots;  // slots[p][i] belongs to parties[p].places[i]; no place: left out
    std::vector<std::size_t> manager;      // of each guest's row: the party that manages it
    bool waits = false;                    // for a guest that only one of two drivers has seen so far
};

// Adds all guests of all parties to an empty roster. A start is seen by two drivers, one after the other; so that it is
// one event with one generation, the first waits for the other if `patient`: a running guest whose process nobody has
// found, or whose manager still calls it off, is enlisted as one that is off; a young process that its manager does
// not know at all is left out. A run that
// `before` lists already (the roster so far; null: none) was waited for and is not again. `now`: CLOCK_REALTIME, ns.
Enlistment enlist(std::span<const Party> parties, std::int64_t now, bool patient, const Roster* before, Roster& roster);

}  // namespace virtscope

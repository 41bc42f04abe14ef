// Places of guests that libvirt tells of, and their rows when it does not.
#pragma once

#include "core/frame.h"
#include "drivers/libvirt/definition.h"
#include "drivers/place.h"

namespace virtscope::libvirt {

// A place owns descriptors of its threads and is not copied; one of libvirt's has none.
Place copy_of(const Place& from);

// Displays as a definition has them; see DefinedDisplay for what it does not tell.
std::vector<DisplayPlace> displays_of(const Definition& definition);

// It is known not to run any more, though the last listing says so.
void make_inactive(Place& place);

// Values read for one belong to the rows of the other; those of its filesystems are the agent's inside it.
bool same_shape(const Place& a, const Place& b);

// libvirt told nothing of it this time: all rows that are its own are stale, and what is left is the last known state.
void mark_stale(const Slot& slot, GuestState last_known, Frame& frame);

}  // namespace virtscope::libvirt

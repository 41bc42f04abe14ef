// The displays of guests: known from their places, which say the same as long as the guest runs.
#pragma once

#include <span>

#include "core/frame.h"
#include "drivers/place.h"

namespace virtscope {

// Fills the rows of the displays that are the slots' own.
void fill_displays(std::span<const Slot> slots, Frame& frame);

}  // namespace virtscope

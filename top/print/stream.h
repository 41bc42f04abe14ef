// The text of --stream: a heading and the active guests by ID, in virt-top's layout, each tick. As in virt-top %MEM is
// cut to a whole number, and 0 stands for the disks or cards of a guest that has none and for all figures of a guest
// that is seen for the first time.
#pragma once

#include <string>

#include "top/print/guest_choice.h"

namespace virtscope::top {

std::string stream_text(const Host& host, bool block_bytes, const GuestChoice& choice);

}  // namespace virtscope::top

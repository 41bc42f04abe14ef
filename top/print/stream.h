// The text of --stream: a heading and the active guests by ID, in virt-top's layout, each tick.
#pragma once

#include <string>

#include "top/source/picture.h"

namespace virtscope::top {

std::string stream_text(const Picture& picture, bool block_bytes);

}  // namespace virtscope::top

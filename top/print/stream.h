// The text of --stream: a heading and the active guests by ID, in virt-top's layout, each tick.
#pragma once

#include <string>
#include <string_view>

#include "top/source/picture.h"

namespace virtscope::top {

// `host`: its label among several; empty: the host's own name.
std::string stream_text(const Picture& picture, bool block_bytes, std::string_view host = {});

}  // namespace virtscope::top

// The newest frame of a ring and one before it, for the rates of a listing.
#pragma once

#include <string>

#include "core/rates.h"
#include "core/result.h"

namespace virtscope {

// Errors: those of RingReader, each naming the file.
Result<FramePair> newest_pair(const std::string& ring);

}  // namespace virtscope

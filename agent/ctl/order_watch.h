// Who is meant by an order, as the ring shows.
#pragma once

#include <cstdint>
#include <string>

#include "core/ring/reader.h"

namespace virtscope {

struct GuestSeen {
    Uuid uuid;
    std::string name;
    std::uint64_t generation = 0;
};
// Who is meant, by the newest frame. Errors: absent (no such guest, no frame), busy (several have that name), those of
// RingReader.
Result<GuestSeen> look_up(RingReader& reader, const std::string& guest);

}  // namespace virtscope

// Where the ring is when nobody says.
#pragma once

#include <string>

namespace virtscope {

inline constexpr const char* system_ring_path = "/var/lib/virtscope/ring";

// `given` (from --ring) if not empty, else the environment's VIRTSCOPE_RING, else system_ring_path.
std::string ring_path(const std::string& given);

}  // namespace virtscope

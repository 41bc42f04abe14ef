#include "core/ring/path.h"

#include <cstdlib>

namespace virtscope {

std::string ring_path(const std::string& given) {
    if (!given.empty()) return given;
    const char* const from_environment = std::getenv("VIRTSCOPE_RING");
    if (from_environment != nullptr && *from_environment != '\0') return from_environment;
    return system_ring_path;
}

}  // namespace virtscope

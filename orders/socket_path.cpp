#include "orders/socket_path.h"

#include "core/ring/path.h"
#include "orders/wire.h"

namespace virtscope::control {
namespace {

bool is_system_ring(const std::string& ring) { return ring_path(ring) == system_ring_path; }

}  // namespace

std::string socket_path(const std::string& given, const std::string& ring) {
    if (!given.empty()) return given;
    return is_system_ring(ring) ? default_socket : ring_path(ring) + ".control";
}

std::string journal_path(const std::string& ring) {
    return is_system_ring(ring) ? "/var/lib/virtscope/journal" : ring_path(ring) + ".journal";
}

}  // namespace virtscope::control

// Where the control socket and what belongs to it are. The agent and its client derive it by the same rule.
#pragma once

#include <string>

namespace virtscope::control {

// `given` (--control, [control] socket) if not empty; else beside a named ring: RING.control; else default_socket.
// `ring`: as given on the command line or in VIRTSCOPE_RING, empty if neither was.
std::string socket_path(const std::string& given, const std::string& ring);

// The journal of orders: RING.journal beside a named ring, else /var/lib/virtscope/journal.
std::string journal_path(const std::string& ring);

}  // namespace virtscope::control

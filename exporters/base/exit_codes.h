// Exit codes of virtscope-export, as its man page has them.
#pragma once

namespace virtscope::exporters {

inline constexpr int exit_stopped = 0;  // told to stop, or the recording is at its end
inline constexpr int exit_failed = 1;   // something that worked at first does not any more
inline constexpr int exit_usage = 2;    // wrong arguments
inline constexpr int exit_no_ring = 3;  // the ring cannot be read, and never could
inline constexpr int exit_no_way =
    4;  // where the values should go is barred: a port in use, a certificate, a folder, a socket

}  // namespace virtscope::exporters

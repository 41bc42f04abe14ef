#include <array>

#include "plugins/modes/modes.h"

namespace virtscope::checks {

std::span<const Mode> all_modes() {
    static const std::array<Mode, 16> modes{state_mode,      cpu_mode,      steal_mode,  memory_mode, balloon_mode,
                                            block_mode,      net_mode,      responsive_mode, restarts_mode, uptime_mode,
                                            host_mode,       agent_mode,    events_mode, console_mode, fs_mode, guest_agent_mode};
    return modes;
}

}  // namespace virtscope::checks

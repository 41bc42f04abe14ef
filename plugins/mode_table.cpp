#include <array>

#include "plugins/mode.h"

namespace virtscope::checks {

std::span<const Mode> all_modes() {
    static const std::array<Mode, 3> modes{state_mode, cpu_mode, agent_mode};
    return modes;
}

}  // namespace virtscope::checks

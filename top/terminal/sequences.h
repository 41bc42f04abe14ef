// Escape sequences for keys as xterm, the VT220, rxvt, tmux and the Linux console send them, whatever $TERM says. Pure.
#pragma once

#include <string_view>

#include "top/session/key.h"

namespace virtscope::top {

// ESC [ parameters final
Key key_of_csi(std::string_view parameters, char final);
// ESC O final
Key key_of_ss3(char final);

}  // namespace virtscope::top

// The help screen: keys, columns, and what is set now.
#pragma once

#include "core/frame.h"
#include "top/session/session.h"
#include "top/view/screen.h"

namespace virtscope::top {

Screen help_screen(const Session& session, const Frame& frame, Size size);

}  // namespace virtscope::top

// The help screen: keys, columns, and what is set now. Scrolls where the screen is too small for it.
#pragma once

#include "top/session/session.h"
#include "top/source/scene.h"
#include "top/view/screen.h"

namespace virtscope::top {

Screen help_screen(Session& session, const Scene& scene, Size size);

}  // namespace virtscope::top

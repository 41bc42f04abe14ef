// Panes: the views that are no lists, as lines for what a screen has room for.
#pragma once

#include <vector>

#include "top/compose/backdrop.h"
#include "top/session/session.h"
#include "top/source/scene.h"
#include "top/view/screen.h"

namespace virtscope::top {

// Adjusts how far the session has scrolled to what there is.
std::vector<Line> pane_lines(const Scene& scene, Session& session, const Backdrop& backdrop, Size size);

}  // namespace virtscope::top

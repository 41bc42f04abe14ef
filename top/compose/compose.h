// Compose: a scene and a session become a whole screen.
#pragma once

#include "top/compose/arrange.h"
#include "top/compose/backdrop.h"
#include "top/view/screen.h"

namespace virtscope::top {

// Rows that a screen of that size has for a list or another view.
std::size_t page_of(const Scene& scene, const Session& session, Size size, const Backdrop& backdrop = {});

// The screen for a terminal of `size`. Adjusts the session's windows to what there is.
Screen compose(const Scene& scene, Session& session, Size size, const Backdrop& backdrop = {});

// All rows of the session's list, nothing cut, no bar: what -b prints.
Screen compose_batch(const Scene& scene, Session& session);

}  // namespace virtscope::top

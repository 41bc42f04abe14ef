// Compose: a picture and a session become a whole screen.
#pragma once

#include "top/session/session.h"
#include "top/source/picture.h"
#include "top/view/screen.h"

namespace virtscope::top {

// Rows that a screen of that size has for guests; history takes one for its events.
std::size_t rows_for_guests(const Picture& picture, Size size);

// The screen for a terminal of `size`. Adjusts the session's window to what there is.
Screen compose(const Picture& picture, Session& session, Size size);

// All guests, nothing cut, no selection: what -b prints.
Screen compose_batch(const Picture& picture, const GuestsOptions& options);

}  // namespace virtscope::top

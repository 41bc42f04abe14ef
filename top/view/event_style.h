// How what happened looks, wherever it is shown.
#pragma once

#include "core/frame.h"
#include "top/view/screen.h"

namespace virtscope::top {

// Critical: something is wrong; busy: something ended or was missed; good: it is well again; plain: a change.
Style style_of(EventKind kind);

}  // namespace virtscope::top

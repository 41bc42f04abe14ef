// Backdrop: what a screen shows beside the scene itself: of the past, and of the terminal.
#pragma once

#include <optional>

#include "top/session/session.h"
#include "top/source/past.h"
#include "top/source/scene.h"
#include "top/view/detail/detail.h"
#include "top/view/screen.h"

namespace virtscope::top {

struct Backdrop {
    DetailData detail{};             // of the guest that is looked at in detail
    std::optional<TimeLine> time{};  // where there is a past and the bar of time is wanted
    bool unicode = true;             // the terminal draws more than ASCII
};

// The host that views of one host are about: that of the guest under the bar, else the first that is known.
std::size_t host_in_view(const Scene& scene, const Session& session);

// `past`: of the host in view; may be null. What cannot be read is left out.
Backdrop backdrop_of(Past* past, const Scene& scene, const Session& session, Size size, bool unicode);

}  // namespace virtscope::top

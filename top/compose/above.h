// What stands above every view: summary, hosts in trouble, what happened, a line for messages.
#pragma once

#include <optional>
#include <vector>

#include "top/session/session.h"
#include "top/source/scene.h"
#include "top/view/screen.h"

namespace virtscope::top {

std::vector<Line> summary_of(const Scene& scene, std::size_t width);

// What matters most of: the question asked, what was wrong with the answer, what becomes of an order, what is wrong
// with the picture, what is known of the guest under the bar, what the filter leaves. `rows`: how many that is.
Line message_line(const Scene& scene, const Session& session, std::size_t rows);

}  // namespace virtscope::top

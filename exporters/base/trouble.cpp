#include "exporters/base/trouble.h"

#include <fmt/format.h>

#include "core/clock.h"
#include "core/text.h"
#include "exporters/base/complain.h"

namespace virtscope::exporters {

void Trouble::met(const std::string& what) {
    if (times_++ > 0) return;
    since_ = clock_ns(CLOCK_MONOTONIC);
    complain(what);
}

void Trouble::over(const std::string& so) {
    if (times_ == 0) return;
    complain(fmt::format("{} again, after {} and {} failure{}", so, human_duration(clock_ns(CLOCK_MONOTONIC) - since_),
                         times_, times_ == 1 ? "" : "s"));
    times_ = 0;
    since_ = 0;
}

}  // namespace virtscope::exporters

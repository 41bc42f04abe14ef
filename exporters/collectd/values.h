// A frame's values, series by series.
#pragma once

#include <cstdint>

#include "core/rates.h"
#include "exporters/collectd/plan.h"
#include "exporters/collectd/sink.h"

namespace virtscope::exporters::collectd {

// Sends what `plan` (of the newer frame's roster) and `options` select of the newer frame. Each value has the time of
// its own row's reading; what is not known is not sent. Shares and latencies are those between the two frames.
// Returns how many samples were sent.
std::uint64_t send_values(const FramePair& frames, const Plan& plan, const Options& options, const Filter& filter,
                          std::int64_t interval, Sink& sink);

}  // namespace virtscope::exporters::collectd

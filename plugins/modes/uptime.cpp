// uptime: how long has each guest been running?
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

Value uptime(const Sight& sight) {
    const auto started = sight.now().get(sight.guest, GuestMetric::start_time);
    const auto now = static_cast<std::uint64_t>(sight.now().realtime);
    if (!started || *started > now) return {};
    return Value(static_cast<double>(now - *started) / 1e9);
}

constexpr std::array<Measure, 1> measures{{
    {.label = "uptime", .unit = "s", .noun = "uptime", .momentary = true, .lower_is_worse = true, .read = uptime},
}};

}  // namespace

const Mode uptime_mode{.name = "uptime",
                       .service = "UPTIME",
                       .help = "How long each guest has been running: a short time tells of a restart, a long one of missed updates",
                       .example = "-w 10min:90d -c 1min:",
                       .measures = measures,
                       .window = "60s",
                       .run = judge_measures};

}  // namespace virtscope::checks

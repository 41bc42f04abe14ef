// balloon: how much of the memory that a guest was given does its balloon leave to it?
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

Value given(const Sight& sight) {
    const auto left = sight.gauge(GuestMetric::memory_balloon);
    const auto all = sight.gauge(GuestMetric::memory_max);
    if (!left || !all || *all <= 0 || *left > *all) return {};
    return Value(*left / *all * 100);
}

Value taken(const Sight& sight) {
    const auto left = sight.gauge(GuestMetric::memory_balloon);
    const auto all = sight.gauge(GuestMetric::memory_max);
    if (!left || !all || *left > *all) return {};
    return Value(*all - *left);
}

// What the guest was told to give back and has not.
Value over_target(const Sight& sight) {
    const auto left = sight.gauge(GuestMetric::memory_balloon);
    const auto target = sight.gauge(GuestMetric::memory_target);
    if (!left || !target) return {};
    return Value(*left > *target ? *left - *target : 0);
}

constexpr std::array<Measure, 3> measures{{
    {.label = "left", .unit = "%", .noun = "memory left by the balloon", .momentary = true, .lower_is_worse = true, .read = given},
    {.label = "taken", .unit = "B", .noun = "memory taken by the balloon", .momentary = true, .read = taken},
    {.label = "over_target", .unit = "B", .noun = "memory above the balloon's target", .momentary = true, .read = over_target},
}};

}  // namespace

const Mode balloon_mode{.name = "balloon",
                        .service = "BALLOON",
                        .help = "Memory that the balloon leaves to each guest, of what it was given",
                        .example = "-w 50: -c 25:",
                        .measures = measures,
                        .window = "60s",
                        .run = judge_measures};

}  // namespace virtscope::checks

// guest-agent: does the agent inside each guest answer, and if not, since when?
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

// Zero as long as it answers when it is asked.
Value silent(const Sight& sight) {
    const auto answers = sight.gauge(GuestMetric::guest_agent);
    if (!answers) return {};
    if (*answers != 0) return Value(0.0);
    const auto age = sight.gauge(GuestMetric::guest_agent_age);
    return age ? Value(*age / 1e9) : Value();
}

constexpr std::array<Measure, 1> measures{{
    {.label = "silent", .unit = "s", .noun = "guest agent's silence", .momentary = true, .read = silent, .warning = "60"},
}};

std::string why_unknown(const Frame& frame, std::size_t guest) {
    const auto answers = frame.get(guest, GuestMetric::guest_agent);
    if (!answers) return "it is not asked: the guest has no channel for it, or [guest_agent] is off in virtscoped's configuration";
    return *answers == 0 ? "it has never answered" : "";
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    return judge_measures(request, snapshot, {.why_unknown = why_unknown, .all_well = "all guest agents answer"});
}

}  // namespace

const Mode guest_agent_mode{.name = "guest-agent",
                            .service = "GUEST-AGENT",
                            .help = "The agent inside each guest answers; thresholds on how long it has not",
                            .example = "-w 60 -c 10min",
                            .measures = measures,
                            .window = "60s",
                            .run = run};

}  // namespace virtscope::checks

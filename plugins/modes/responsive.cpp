// responsive: does each guest's monitor answer, and if not, since when?
#include <array>

#include "plugins/judge/judge.h"
#include "plugins/look/selection.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

// Zero as long as the monitor answers what it is asked; a guest in which nothing has moved is not asked.
Value unanswered(const Sight& sight) {
    if (!is_stale(sight.now(), sight.guest)) {
        return sight.gauge(GuestMetric::stale) ? Value(0.0) : Value();
    }
    const auto age = sight.gauge(GuestMetric::monitor_age);
    return age ? Value(*age / 1e9) : Value();
}

Value latency(const Sight& sight) {
    const auto took = sight.gauge(GuestMetric::monitor_latency);
    return took ? Value(*took / 1e9) : Value::nothing_happened();
}

constexpr std::array<Measure, 2> measures{{
    {.label = "unanswered", .unit = "s", .noun = "monitor's silence", .momentary = true, .read = unanswered,
     .warning = "5", .critical = "30"},
    {.label = "latency", .unit = "s", .noun = "time of the monitor's last answer", .momentary = true, .read = latency},
}};

constexpr std::chrono::nanoseconds look_back = std::chrono::hours(1);

// What the agent told when it lost the monitor, which names the command that is not answered.
void add_what_is_waited_for(Snapshot& snapshot, Report& report) {
    const auto recent = recent_events(snapshot, look_back);
    if (!recent) return;
    for (Finding& finding : report.findings) {
        if (finding.status != Status::warning && finding.status != Status::critical) continue;
        const Event* lost = nullptr;
        for (const EventAt& at : (*recent)->events) {
            if (at.event.kind == EventKind::monitor_lost && at.event.guest == finding.guest) lost = &at.event;
        }
        if (lost != nullptr && !lost->text.empty()) finding.reason = lost->text;
    }
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    auto report = judge_measures(request, snapshot, {.all_well = "all answer", .answers_stale = true});
    if (report && report->status() != Status::ok) add_what_is_waited_for(snapshot, *report);
    return report;
}

}  // namespace

const Mode responsive_mode{.name = "responsive",
                           .service = "RESPONSIVE",
                           .help = "Each guest's monitor answers; thresholds on how long it has not",
                           .example = "-w 5 -c 30",
                           .measures = measures,
                           .window = "60s",
                           .run = run};

}  // namespace virtscope::checks

// agent: is virtscoped alive, in time and modest?
#include <array>

#include "core/text.h"
#include "plugins/judge/judge_host.h"
#include "plugins/modes/modes.h"
#include "plugins/modes/of_cpus.h"

namespace virtscope::checks {
namespace {

template <AgentMetric metric>
Value seconds(const Sight& sight) {
    const auto value = sight.gauge(metric);
    return value ? Value(*value / 1e9) : Value();
}

template <AgentMetric metric>
Value plain(const Sight& sight) {
    return sight.gauge(metric);
}

Value skipped(const Sight& sight) { return sight.increase(AgentMetric::ticks_skipped); }
Value cpu(const Sight& sight) { return percent_of_time(sight.rate(AgentMetric::cpu_time), 1); }

// The age is the snapshot's, no figure of the frame: run() puts it in.
constexpr std::array<Measure, 8> measures{{
    {.label = "age", .unit = "s", .noun = "newest data's age", .scope = Scope::Agent, .momentary = true},
    {.label = "lateness", .unit = "s", .noun = "tick late by", .scope = Scope::Agent, .momentary = true,
     .read = seconds<AgentMetric::tick_lateness>},
    {.label = "duration", .unit = "s", .noun = "tick took", .scope = Scope::Agent, .momentary = true,
     .read = seconds<AgentMetric::tick_duration>},
    {.label = "skipped", .unit = "", .noun = "ticks skipped", .scope = Scope::Agent, .read = skipped},
    {.label = "cpu", .unit = "%", .noun = "CPU use of the agent", .scope = Scope::Agent, .read = cpu},
    {.label = "memory", .unit = "B", .noun = "memory of the agent", .scope = Scope::Agent, .momentary = true,
     .read = plain<AgentMetric::memory_private>},
    {.label = "guests", .unit = "", .noun = "guests", .scope = Scope::Agent, .momentary = true, .read = plain<AgentMetric::guests>},
    {.label = "guests_stale", .unit = "", .noun = "guests that do not answer", .scope = Scope::Agent, .momentary = true,
     .read = plain<AgentMetric::guests_stale>},
}};

void judge_age(const Request& request, const Snapshot& snapshot, Report& report) {
    std::optional<double> age;
    if (snapshot.age) age = static_cast<double>(snapshot.age->count()) / 1e9;
    const Thresholds& thresholds = request.thresholds.of("age");
    const Status status = thresholds.judge(age);
    const std::string text = age ? fmt::format("newest data {} old", human_duration(snapshot.age->count())) : "age not known";
    report.headline = report.headline.empty() ? text : text + ", " + report.headline;
    report.perf.insert(report.perf.begin(), {.label = "age", .value = age, .unit = "s", .thresholds = &thresholds,
                                             .minimum = 0, .maximum = std::nullopt});
    const Range* crossed = thresholds.crossed(status);
    std::string judged = crossed != nullptr ? fmt::format("age outside {}", crossed->text) : text;
    if (status != Status::ok || report.findings.empty())
        report.findings.push_back({.status = status, .name = {}, .text = std::move(judged), .detail = {}});
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    auto report = judge_host(request, snapshot, 3);
    if (!report) return report;
    judge_age(request, snapshot, *report);
    if (snapshot.frame->get(0, AgentMetric::ring_in_memory).value_or(0) != 0) {
        report->findings.push_back({.status = Status::warning,
                                    .name = {},
                                    .text = "the ring file cannot be written, frames are kept in memory",
                                    .detail = {}});
    }
    if (!snapshot.live) {
        report->findings.push_back({.status = Status::unknown, .name = {}, .text = snapshot.complaint, .detail = {}});
        report->notes.push_back(snapshot.complaint);
    }
    const auto interval = snapshot.frame->get(0, AgentMetric::tick_interval);
    if (interval) report->details.push_back("interval: " + human_duration(static_cast<std::int64_t>(*interval)));
    return report;
}

}  // namespace

const Mode agent_mode{.name = "agent",
                      .service = "AGENT",
                      .help = "virtscoped samples in time and at what cost; thresholds without a label are on the age of its data",
                      .example = "-w 5 -c 60,skipped=100",
                      .about = About::host,
                      .measures = measures,
                      .window = "5m",
                      .judges_age = true,
                      .run = run};

}  // namespace virtscope::checks

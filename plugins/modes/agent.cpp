// agent: is virtscoped alive, in time and modest?
#include "core/text.h"
#include "plugins/mode.h"

namespace virtscope::checks {
namespace {

constexpr double ns = 1e9;

std::optional<double> scaled(const Frame& frame, AgentMetric metric, double unit) {
    const auto value = frame.get(0, metric);
    if (!value) return std::nullopt;
    return static_cast<double>(*value) / unit;
}

void add_perf(const Snapshot& snapshot, const Request& request, std::optional<double> age, Report& report) {
    const Frame& frame = *snapshot.frame;
    Labels labels;
    const auto add = [&](std::string_view label, std::optional<double> value, std::string_view unit,
                         const Thresholds* thresholds = nullptr) {
        report.perf.push_back({.label = labels.fixed(label),
                               .value = value,
                               .unit = unit,
                               .thresholds = thresholds,
                               .minimum = 0,
                               .maximum = std::nullopt});
    };
    add("age", age, "s", &request.thresholds);
    add("tick_duration", scaled(frame, AgentMetric::tick_duration, ns), "s");
    add("tick_lateness", scaled(frame, AgentMetric::tick_lateness, ns), "s");
    add("ticks_skipped", scaled(frame, AgentMetric::ticks_skipped, 1), "c");
    add("guests", scaled(frame, AgentMetric::guests, 1), "");
    add("guests_stale", scaled(frame, AgentMetric::guests_stale, 1), "");
    add("memory", scaled(frame, AgentMetric::memory_private, 1), "B");
}

void describe(const Frame& frame, Report& report) {
    const auto time = [&](std::string_view what, AgentMetric metric) {
        const auto value = frame.get(0, metric);
        const auto text = value ? human_duration(static_cast<std::int64_t>(*value)) : "unknown";
        report.details.push_back(fmt::format("{}: {}", what, text));
    };
    time("interval", AgentMetric::tick_interval);
    time("last tick took", AgentMetric::tick_duration);
    time("this tick began late by", AgentMetric::tick_lateness);
    time("CPU time", AgentMetric::cpu_time);
    const auto memory = frame.get(0, AgentMetric::memory_private);
    report.details.push_back("private memory: " + (memory ? human_bytes(*memory) : "unknown"));
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    if (!request.guests.empty() || !request.excluded.empty()) {
        return fail(ErrorKind::malformed, "--guest and --exclude mean nothing to the mode agent");
    }
    Report report;
    std::optional<double> age;
    if (snapshot.age) age = static_cast<double>(snapshot.age->count()) / ns;
    const auto stale = snapshot.frame->get(0, AgentMetric::guests_stale);
    report.headline = age ? fmt::format("newest data {} old", human_duration(snapshot.age->count())) : "age not known";
    const auto guests = snapshot.frame->get(0, AgentMetric::guests);
    if (guests) report.headline += fmt::format(", {} guests", *guests);
    if (stale && *stale > 0) report.headline += fmt::format(", {} of them not answering", *stale);
    const Status status = request.thresholds.judge(age);
    report.findings.push_back(
        {.status = status, .name = {}, .text = status == Status::ok ? "in time" : "age out of range", .detail = {}});
    if (snapshot.frame->get(0, AgentMetric::ring_in_memory).value_or(0) != 0) {
        report.findings.push_back({.status = Status::warning,
                                   .name = {},
                                   .text = "the ring file cannot be written, frames are kept in memory",
                                   .detail = {}});
    }
    if (!snapshot.live) {
        report.findings.push_back({.status = Status::unknown, .name = {}, .text = snapshot.complaint, .detail = {}});
        report.notes.push_back(snapshot.complaint);
    }
    add_perf(snapshot, request, age, report);
    describe(*snapshot.frame, report);
    return report;
}

}  // namespace

const Mode agent_mode{.name = "agent",
                      .service = "AGENT",
                      .help = "virtscoped samples in time; -w and -c on the age of its newest data, in seconds",
                      .flags = {},
                      .judges_age = true,
                      .run = run};

}  // namespace virtscope::checks

#include "plugins/judge/judge_host.h"

#include "core/text.h"
#include "plugins/judge/figures.h"
#include "plugins/judge/verdict.h"
#include "plugins/look/past.h"

namespace virtscope::checks {
namespace {

std::string first_figures(const std::vector<Observation>& all, std::size_t count) {
    std::string text;
    for (const Observation& each : all) {
        if (!each.value.number || count == 0) continue;
        --count;
        text += fmt::format("{}{} {}", text.empty() ? "" : ", ", each.measure->noun, human(*each.measure, *each.value.number));
    }
    return text;
}

Finding judge(const Observation& each, const Request& request, Snapshot& snapshot, const std::string& basis) {
    const Roster& roster = *snapshot.frame->roster;
    Finding finding{.status = status_of(each, request), .name = {}, .text = text_of(each, request, roster), .detail = {}};
    if (each.value.unknown()) finding.text = fmt::format("{} is not known", each.measure->noun);
    if (request.why) finding.why = why_of({&each, 1}, request, roster, basis);
    const Range* range = request.thresholds.of(each.measure->label).crossed(finding.status);
    const auto since = range != nullptr ? alerting_since(snapshot, request, each, *range) : std::nullopt;
    if (since) finding.since = since_text(*since, snapshot.frame->realtime);
    return finding;
}

}  // namespace

Result<Report> judge_host(const Request& request, Snapshot& snapshot, std::size_t told) {
    auto observed = observe(snapshot, request, request.mode->measures, {});
    if (!observed) return std::unexpected(observed.error());
    Report report;
    report.headline = first_figures(observed->all, told);
    Labels labels;
    bool judged = false;
    for (const Observation& each : observed->all) {
        report.perf.push_back(perf_of(each, request, *snapshot.frame->roster, labels));
        if (!is_judged(each, request)) continue;
        judged = true;
        Finding finding = judge(each, request, snapshot, observed->basis);
        if (finding.status != Status::ok || request.why || request.verbosity > 0) report.findings.push_back(std::move(finding));
    }
    if (judged && report.findings.empty()) report.findings.push_back({.status = Status::ok, .name = {}, .text = "in order", .detail = {}});
    report.notes = std::move(observed->notes);
    if (!observed->basis.empty()) report.details.push_back(observed->basis);
    return report;
}

}  // namespace virtscope::checks

#include "plugins/check.h"

#include "core/text.h"
#include "plugins/answer/report.h"
#include "plugins/answer/report_json.h"
#include "plugins/command/mode.h"
#include "plugins/command/request.h"
#include "plugins/passive.h"

namespace virtscope::checks {
namespace {

Report unknown(std::string text) {
    Report report;
    report.findings.push_back({.status = Status::unknown, .name = {}, .text = std::move(text), .detail = {}});
    return report;
}

// What the ring says may be believed; else why not.
std::string complaint_about(const Request& request, const Snapshot& snapshot) {
    return snapshot.live || request.mode->judges_age ? std::string() : snapshot.complaint;
}

void add_where_from(const Request& request, const Snapshot& snapshot, Report& report) {
    const std::string age = snapshot.age ? human_duration(snapshot.age->count()) + " old" : "of unknown age";
    const std::string line = fmt::format("data: {}, frame {} of host {}, ring {}", age, snapshot.frame->sequence,
                                         snapshot.frame->roster->host.name, request.ring);
    // Who is alerted wants to know how old the news is.
    if (report.status() != Status::ok) report.notes.push_back("data: " + age);
    report.details.push_back(line);
}

Report look(const Request& request, const ReadNow& now) {
    auto snapshot = Snapshot::take(request.ring, now);
    if (!snapshot) return unknown(snapshot.error().message);
    const std::string complaint = complaint_about(request, *snapshot);
    const bool passive = !request.passive.empty();
    if (!complaint.empty() && !passive) return unknown(complaint);
    auto report = passive ? hand_out(request, *snapshot, complaint, now().realtime) : request.mode->run(request, *snapshot);
    if (!report) return unknown(report.error().message);
    if (request.worst) keep_worst(1, *report);
    if (request.top > 0) keep_worst(request.top, *report);
    add_where_from(request, *snapshot, *report);
    return std::move(*report);
}

std::string text_of(const Report& report, const Request& request) {
    switch (request.format) {
        case Format::json: return render_json(report);
        case Format::mp_test_json: return render_mp_test_json(report);
        case Format::multi_line: break;
    }
    return render(report, request.verbosity, request.output_limit, request.why);
}

}  // namespace

Answer check(std::span<const std::string> arguments, const ReadNow& now, const std::function<void(unsigned)>& arm) {
    const auto parsed = parse_arguments(arguments);
    if (!parsed) {
        const std::string message = harmless(parsed.error().message, longest_first_line / 2);
        return {Status::unknown, fmt::format("VIRT UNKNOWN: {} (see check_virt --help)\n", message)};
    }
    if (const auto* told = std::get_if<Told>(&*parsed)) return {Status::unknown, told->text};
    const Request& request = std::get<Request>(*parsed);
    arm(request.timeout);
    Report report = look(request, now);
    report.mode = request.mode->service;
    return {report.status(), text_of(report, request)};
}

}  // namespace virtscope::checks

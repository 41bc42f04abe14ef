#include "plugins/check.h"

#include "plugins/mode.h"
#include "plugins/report.h"
#include "plugins/request.h"

namespace virtscope::checks {
namespace {

Report unknown(std::string text) {
    Report report;
    report.findings.push_back({.status = Status::unknown, .name = {}, .text = std::move(text), .detail = {}});
    return report;
}

Report look(const Request& request, const ReadNow& now) {
    auto snapshot = Snapshot::take(request.ring, now);
    if (!snapshot) return unknown(snapshot.error().message);
    if (!snapshot->live && !request.mode->judges_age) return unknown(snapshot->complaint);
    auto report = request.mode->run(request, *snapshot);
    if (!report) return unknown(report.error().message);
    report->details.push_back(fmt::format("ring: {}, frame {} of host {}", request.ring, snapshot->frame->sequence,
                                          snapshot->frame->roster->host.name));
    return std::move(*report);
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
    return {report.status(), render(report, request.verbosity, request.output_limit)};
}

}  // namespace virtscope::checks

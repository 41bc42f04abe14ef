#include "plugins/check.h"

#include <charconv>

#include "core/text.h"
#include "plugins/answer/report.h"
#include "plugins/answer/report_json.h"
#include "plugins/command/mode.h"
#include "plugins/command/request.h"
#include "plugins/passive.h"

namespace virtscope::checks {
namespace {

// What the ring says may be believed; else why not.
std::string complaint_about(const Request& request, const Snapshot& snapshot) {
    return snapshot.live || request.mode->judges_age ? std::string() : snapshot.complaint;
}

void add_where_from(const Request& request, const Snapshot& snapshot, Report& report) {
    const std::string age = snapshot.age ? human_duration(snapshot.age->count()) + " old" : "of unknown age";
    const std::string line = fmt::format("data: {}, frame {} of host {}, ring {}", age, snapshot.frame->sequence,
                                         snapshot.frame->roster->host.name, request.ring);
    // Who is alerted wants to know how old the news is.
    if (snapshot.age) report.age = static_cast<double>(snapshot.age->count()) / 1e9;
    if (report.status() != Status::ok) report.notes.push_back("data: " + age);
    report.details.push_back(line);
}

Report look(const Request& request, const ReadNow& now) {
    auto snapshot = Snapshot::take(request.ring, now);
    if (!snapshot) return unknown_report(snapshot.error().message);
    const std::string complaint = complaint_about(request, *snapshot);
    const bool passive = !request.passive.empty();
    if (!complaint.empty() && !passive) return unknown_report(complaint);
    auto report = passive ? hand_out(request, *snapshot, complaint, now().realtime) : request.mode->run(request, *snapshot);
    if (!report) return unknown_report(report.error().message);
    if (request.worst) keep_worst(1, *report);
    if (request.top > 0) keep_worst(request.top, *report);
    add_where_from(request, *snapshot, *report);
    return std::move(*report);
}

std::string text_of(const Report& report, const Request& request) {
    switch (request.format) {
        case Format::json: return render_json(report, request.output_limit);
        case Format::mp_test_json: return render_mp_test_json(report, request.output_limit);
        case Format::multi_line: break;
    }
    return render(report, request.verbosity, request.text_limit(), request.why);
}

// The time limit is that of reading the command line, too, which may name files: -t as far as it is well written.
void arm_early(std::span<const std::string> arguments, const std::function<void(unsigned)>& arm) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
        std::string_view text = arguments[i];
        if ((text == "-t" || text == "--timeout") && i + 1 < arguments.size()) {
            text = arguments[i + 1];
        } else if (text.starts_with("--timeout=")) {
            text.remove_prefix(std::string_view("--timeout=").size());
        } else {
            continue;
        }
        unsigned seconds = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), seconds);
        if (parsed.ec == std::errc{} && seconds >= 1 && seconds <= default_timeout) arm(seconds);
    }
}

}  // namespace

Answer check(std::span<const std::string> arguments, const ReadNow& now, const std::function<void(unsigned)>& arm) {
    arm_early(arguments, arm);
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

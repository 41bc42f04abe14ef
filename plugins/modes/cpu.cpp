// cpu: how much CPU does each guest use?
#include <algorithm>
#include <array>
#include <cmath>

#include "core/text.h"
#include "plugins/mode.h"
#include "plugins/selection.h"
#include "plugins/window.h"

namespace virtscope::checks {
namespace {

constexpr std::array<Flag, 2> flags{{
    {"--of", "vcpus", "what 100 % is: the guest's vcpus, one cpu of the host, or all of the host"},
    {"--window", "60s", "time over which the use is averaged"},
}};

enum class Basis { vcpus, cpu, host };

Result<Basis> parse_basis(const std::string& text) {
    if (text == "vcpus") return Basis::vcpus;
    if (text == "cpu") return Basis::cpu;
    if (text == "host") return Basis::host;
    return fail(ErrorKind::malformed, "--of {}: want vcpus, cpu or host", text);
}

// How many CPUs are 100 %. Unknown where the frame does not tell, or tells zero.
std::optional<double> whole(const Frame& frame, std::size_t row, Basis basis) {
    if (basis == Basis::cpu) return 1;
    auto count = basis == Basis::host ? frame.get(0, HostMetric::cpus) : frame.get(row, GuestMetric::vcpus);
    if (basis == Basis::vcpus && !count) count = frame.roster->guests[row].vcpus;
    if (!count || *count == 0) return std::nullopt;
    return static_cast<double>(*count);
}

std::optional<double> percent(const FramePair& pair, std::size_t row, Basis basis) {
    const auto used = pair.rate(row, GuestMetric::cpu_time);
    const auto cpus = whole(*pair.now(), row, basis);
    if (!used || !cpus) return std::nullopt;
    return *used / 1e9 / *cpus * 100;
}

// More digits than a hundredth of a percent are noise that graphs would have to carry.
std::optional<double> rounded(std::optional<double> use) {
    if (!use) return std::nullopt;
    return std::round(*use * 100) / 100;
}

std::string why_unknown(const FramePair& pair, std::size_t row) {
    const Frame& frame = *pair.now();
    if (pair.interval() > 0 && !pair.older(Scope::Guest, row)) {
        const auto start = frame.get(row, GuestMetric::start_time);
        const auto up = frame.realtime - static_cast<std::int64_t>(start.value_or(0));
        if (!start || up < 0) return "started less than a window ago";
        return fmt::format("started {} ago, less than a window", human_duration(up));
    }
    return "use of CPU is not known";
}

std::string_view basis_text(Basis basis) {
    switch (basis) {
        case Basis::cpu: return "of one CPU";
        case Basis::host: return "of the host";
        case Basis::vcpus: break;
    }
    return "of its vCPUs";
}

Finding judge_guest(const FramePair& pair, std::size_t row, std::optional<double> use, Basis basis,
                    const Request& request) {
    const Frame& frame = *pair.now();
    const RosterGuest& guest = frame.roster->guests[row];
    Finding finding{.status = request.thresholds.judge(use), .name = name_of(guest), .text = {}, .detail = {}};
    finding.text = use ? fmt::format("uses {:.1f} % {}", *use, basis_text(basis)) : why_unknown(pair, row);
    if (request.verbosity >= 3) {
        const auto time = frame.get(row, GuestMetric::cpu_time);
        finding.detail = fmt::format("{}, CPU time {}", guest.uuid.text(), time ? fmt::format("{} ns", *time) : "unknown");
    }
    if (is_stale(frame, row)) {
        finding.status = worse(finding.status, Status::unknown);
        finding.text += ", but does not answer";
    }
    return finding;
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    const auto basis = parse_basis(request.option("--of"));
    if (!basis) return std::unexpected(basis.error());
    const auto wanted = parse_window(request.option("--window"));
    if (!wanted) return std::unexpected(wanted.error());
    const auto window = take_window(snapshot, *wanted);
    if (!window) return std::unexpected(window.error());
    const Selection selection = select_guests(*snapshot.frame->roster, request);
    Report report;
    Labels labels;
    std::optional<double> highest;
    add_missing(selection, Status::unknown, "is not on this host", report);
    for (const std::size_t row : selection.guests) {
        const RosterGuest& guest = snapshot.frame->roster->guests[row];
        const auto use = percent(window->pair, row, *basis);
        if (use) highest = std::max(highest.value_or(0), *use);
        report.findings.push_back(judge_guest(window->pair, row, use, *basis, request));
        report.perf.push_back({.label = labels.of_guest(guest.name, guest.uuid),
                               .value = rounded(use),
                               .unit = "%",
                               .thresholds = &request.thresholds,
                               .minimum = std::nullopt,
                               .maximum = std::nullopt});
    }
    report.headline = fmt::format("{} guests", selection.guests.size());
    if (highest) report.headline += fmt::format(", the busiest uses {:.1f} % {}", *highest, basis_text(*basis));
    if (!window->note.empty()) report.notes.push_back(window->note);
    report.details.push_back(fmt::format("window: {}", human_duration(window->pair.interval())));
    return report;
}

}  // namespace

const Mode cpu_mode{.name = "cpu",
                    .service = "CPU",
                    .help = "Use of CPU of each guest, in percent; helper threads of the guest included",
                    .flags = flags,
                    .judges_age = false,
                    .run = run};

}  // namespace virtscope::checks

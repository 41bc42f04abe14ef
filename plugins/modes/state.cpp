// state: is each guest in the state it is expected to be in?
#include <array>

#include "plugins/mode.h"
#include "plugins/selection.h"

namespace virtscope::checks {
namespace {

constexpr std::array<Flag, 1> flags{{
    {"--expect", "running", "state each guest should be in: running or off"},
}};

struct Verdict {
    Status status;
    std::string_view text;
};

Verdict judge_running(GuestState state) {
    switch (state) {
        case GuestState::running:
        case GuestState::blocked: return {Status::ok, "is running"};
        case GuestState::paused: return {Status::warning, "is paused by an administrator or a tool"};
        case GuestState::paused_io: return {Status::critical, "is paused by an I/O error"};
        case GuestState::suspended: return {Status::warning, "is suspended"};
        case GuestState::shutting_down: return {Status::warning, "is shutting down"};
        case GuestState::migrating: return {Status::warning, "is being migrated or restored"};
        case GuestState::shut_off: return {Status::critical, "is off"};
        case GuestState::crashed: return {Status::critical, "has crashed"};
        case GuestState::unknown: break;
    }
    return {Status::unknown, "is in no known state"};
}

Verdict judge_off(GuestState state) {
    if (state == GuestState::unknown) return {Status::unknown, "is in no known state"};
    if (!is_active(state)) return {Status::ok, "is off"};
    return {Status::critical, "is not off"};
}

// What is counted for the headline and perfdata.
struct Counts {
    std::size_t running = 0, paused = 0, off = 0, failed = 0, unknown = 0;

    void add(GuestState state) {
        switch (state) {
            case GuestState::running:
            case GuestState::blocked: ++running; return;
            case GuestState::paused:
            case GuestState::suspended:
            case GuestState::shutting_down:
            case GuestState::migrating: ++paused; return;
            case GuestState::shut_off: ++off; return;
            case GuestState::paused_io:
            case GuestState::crashed: ++failed; return;
            case GuestState::unknown: break;
        }
        ++unknown;
    }
};

Finding judge_guest(const Frame& frame, std::size_t row, bool expect_off, Counts& counts) {
    const RosterGuest& guest = frame.roster->guests[row];
    const auto cell = frame.get(row, GuestMetric::state);
    const GuestState state = cell ? state_of(*cell) : GuestState::unknown;
    Finding finding{.name = name_of(guest), .text = {}, .detail = guest.note};
    const Verdict verdict = expect_off ? judge_off(state) : judge_running(state);
    finding.status = verdict.status;
    finding.text = verdict.text;
    if (is_stale(frame, row)) {
        counts.add(GuestState::unknown);
        // Wherever it is, a guest that is there is not off; all else about it is old news.
        const bool surely_wrong = expect_off && verdict.status == Status::critical;
        if (surely_wrong) return finding;
        finding.status = Status::unknown;
        finding.text = "does not answer";
        return finding;
    }
    counts.add(state);
    if (!guest.note.empty() && finding.status != Status::ok) finding.text += " (" + guest.note + ")";
    return finding;
}

void add_counts(const Counts& counts, const Request& request, Report& report) {
    Labels labels;
    const auto add = [&](std::string_view label, std::size_t count, const Thresholds* thresholds) {
        report.perf.push_back({.label = labels.fixed(label),
                               .value = static_cast<double>(count),
                               .unit = "",
                               .thresholds = thresholds,
                               .minimum = 0,
                               .maximum = std::nullopt});
    };
    add("running", counts.running, &request.thresholds);
    add("paused", counts.paused, nullptr);
    add("off", counts.off, nullptr);
    add("failed", counts.failed, nullptr);
    add("unknown", counts.unknown, nullptr);
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    const std::string& expect = request.option("--expect");
    if (expect != "running" && expect != "off") {
        return fail(ErrorKind::malformed, "--expect {}: want running or off", expect);
    }
    const bool expect_off = expect == "off";
    const Frame& frame = *snapshot.frame;
    const Selection selection = select_guests(*frame.roster, request);
    Report report;
    Counts counts;
    if (expect_off) {
        add_missing(selection, Status::ok, "is off (not on this host)", report);
    } else {
        add_missing(selection, Status::critical, "is not on this host", report);
    }
    for (const std::size_t row : selection.guests) {
        report.findings.push_back(judge_guest(frame, row, expect_off, counts));
    }
    const Status status = request.thresholds.judge(static_cast<double>(counts.running));
    if (status != Status::ok) {
        report.findings.push_back(
            {.status = status, .name = {}, .text = "number of running guests out of range", .detail = {}});
    }
    report.headline = fmt::format("{} of {} guests running", counts.running, selection.guests.size());
    add_counts(counts, request, report);
    return report;
}

}  // namespace

const Mode state_mode{.name = "state",
                      .service = "STATE",
                      .help = "Guests are in the state they should be in; -w and -c on the number that runs",
                      .flags = flags,
                      .judges_age = false,
                      .run = run};

}  // namespace virtscope::checks

// state: is each guest in the state it is expected to be in?
#include <algorithm>
#include <array>

#include "core/text.h"
#include "core/time_text.h"
#include "plugins/judge/expected.h"
#include "plugins/look/selection.h"
#include "plugins/modes/modes.h"
#include "plugins/modes/state_verdict.h"

namespace virtscope::checks {
namespace {

constexpr std::array<Measure, 1> measures{{
    {.label = "running", .unit = "", .noun = "running guests"},
}};

constexpr std::array<Flag, 1> flags{{
    {"--expect", "running", "what each guest should be: running, off, or a FILE (its path) with a line a guest: NAME-OR-UUID running|off|paused|any"},
}};

constexpr std::chrono::nanoseconds look_back = std::chrono::hours(1);

Finding judge_guest(const Frame& frame, std::size_t row, Expectation expected, StateCounts& counts) {
    const RosterGuest& guest = frame.roster->guests[row];
    const GuestState state = state_in(frame, row);
    const StateVerdict verdict = judge_state(state, expected);
    Finding finding{.status = verdict.status, .name = name_of(guest), .text = std::string(verdict.text), .guest = guest.uuid, .detail = guest.note};
    finding.why = fmt::format("state in the newest sample: {}, expected: {}", state_name(state), expectation_name(expected));
    if (is_stale(frame, row)) {
        counts.add(GuestState::unknown);
        // Wherever it is, a guest that is there is not off; all else about it is old news.
        const bool surely_wrong = expected == Expectation::off && verdict.status == Status::critical;
        if (surely_wrong) return finding;
        finding.status = Status::unknown;
        finding.text = "does not answer";
        return finding;
    }
    counts.add(state);
    if (!guest.note.empty() && finding.status != Status::ok) finding.text += " (" + guest.note + ")";
    return finding;
}

class Judging {
public:
    Judging(const Request& request, Snapshot& snapshot, const Expected& expected)
        : request_(request), snapshot_(snapshot), expected_(expected) {}

    Report run() {
        const Roster& roster = *snapshot_.frame->roster;
        const Chosen chosen = choose_guests(roster, request_);
        judge_absent(chosen);
        for (const std::size_t row : chosen.guests) judge_one(row);
        if (!request_.only) judge_number();
        report_.headline = fmt::format("{} of {} guests running", counts_.running, chosen.guests.size());
        add_counts();
        return std::move(report_);
    }

    Report run_for_none() {
        const Chosen chosen = choose_guests(*snapshot_.frame->roster, request_);
        judge_absent(chosen);
        for (const std::size_t row : chosen.guests) {
            counts_.add(is_stale(*snapshot_.frame, row) ? GuestState::unknown : state_in(*snapshot_.frame, row));
        }
        judge_number();
        return std::move(report_);
    }

private:
    void judge_one(std::size_t row) {
        const RosterGuest& guest = snapshot_.frame->roster->guests[row];
        const Expected::Line* line = expected_.line_of(guest);
        const bool unexpected = expected_.listed() && line == nullptr;
        Expectation what = line != nullptr ? line->what : expected_.of_all();
        if (unexpected) what = Expectation::any;
        Finding finding = judge_guest(*snapshot_.frame, row, what, counts_);
        if (unexpected) {
            finding.status = worse(finding.status, Status::warning);
            finding.text += ", and is not expected here";
        }
        // Only one of the lines can be meant.
        if (std::ranges::count_if(expected_.lines(), [&](const Expected::Line& each) { return each.means(guest); }) > 1) {
            finding.status = worse(finding.status, Status::unknown);
            finding.text += ", and is in the file twice, by name and by UUID";
        }
        if (finding.status != Status::ok) finding.since = since(guest);
        report_.findings.push_back(std::move(finding));
    }

    // When the guest came into its state, if the ring still knows.
    std::string since(const RosterGuest& guest) {
        const auto recent = recent_events(snapshot_, look_back);
        if (!recent) return {};
        const EventAt* last = nullptr;
        for (const EventAt& at : (*recent)->events) {
            const EventKind kind = at.event.kind;
            const bool counts = kind == EventKind::guest_state || kind == EventKind::guest_started ||
                                kind == EventKind::guest_stopped || kind == EventKind::monitor_lost;
            if (counts && at.event.guest == guest.uuid) last = &at;
        }
        if (last == nullptr) return {};
        return fmt::format("since {} ({})", local_time(last->realtime), human_duration(snapshot_.frame->realtime - last->realtime));
    }

    void judge_absent(const Chosen& chosen) {
        if (expected_.listed()) {
            for (const Expected::Line& line : expected_.lines()) judge_listed(line);
            Chosen strangers = chosen;
            std::erase_if(strangers.missing, [&](const std::string& name) { return is_listed(name); });
            add_missing(strangers, Status::unknown, "is neither on this host nor in the file", report_);
            return;
        }
        const bool off = expected_.of_all() == Expectation::off;
        add_missing(chosen, off ? Status::ok : Status::critical, off ? "is off (not on this host)" : "is not on this host", report_);
    }

    bool is_listed(const std::string& name) const {
        return std::ranges::any_of(expected_.lines(), [&](const Expected::Line& line) { return line.guest == name; });
    }

    // A guest of the file that is not on the host; no matter of the one guest that a passive result is about.
    void judge_listed(const Expected::Line& line) {
        if (request_.only) return;
        RosterGuest absent;
        absent.name = line.guest;
        if (const auto uuid = Uuid::parse(line.guest)) absent.uuid = *uuid;
        if (any_means(request_.excluded, absent)) return;
        if (!request_.guests.empty() && !any_means(request_.guests, absent)) return;
        for (const RosterGuest& guest : snapshot_.frame->roster->guests) {
            if (line.means(guest)) return;
        }
        const bool wanted = line.what == Expectation::running || line.what == Expectation::paused;
        report_.findings.push_back({.status = wanted ? Status::critical : Status::ok, .name = line.guest,
                                    .text = wanted ? "is missing: it is not on this host" : "is not on this host", .detail = {}});
    }

    void judge_number() {
        const Thresholds& thresholds = request_.thresholds.of("running");
        const Status status = thresholds.judge(static_cast<double>(counts_.running));
        if (status == Status::ok) return;
        const Range* crossed = thresholds.crossed(status);
        report_.findings.push_back({.status = status, .name = {},
                                    .text = fmt::format("number of running guests {} {}", crossed->inside ? "inside" : "outside", crossed->text),
                                    .detail = {}});
    }

    void add_counts() {
        Labels labels;
        const auto add = [&](std::string_view label, std::size_t count) {
            // Those of the number are about all guests.
            const Thresholds* thresholds = request_.only ? nullptr : &request_.thresholds.of(label);
            report_.perf.push_back({.label = labels.fixed(label), .value = static_cast<double>(count), .unit = "",
                                    .thresholds = thresholds, .minimum = 0, .maximum = std::nullopt});
        };
        add("running", counts_.running);
        add("paused", counts_.paused);
        add("off", counts_.off);
        add("failed", counts_.failed);
        add("unknown", counts_.unknown);
    }

    const Request& request_;
    Snapshot& snapshot_;
    const Expected& expected_;
    StateCounts counts_;
    Report report_;
};

Result<Report> run(const Request& request, Snapshot& snapshot) {
    const auto expected = Expected::parse(request.option("--expect"));
    if (!expected) return std::unexpected(expected.error());
    return Judging(request, snapshot, *expected).run();
}

Result<Report> run_for_none(const Request& request, Snapshot& snapshot) {
    const auto expected = Expected::parse(request.option("--expect"));
    if (!expected) return std::unexpected(expected.error());
    return Judging(request, snapshot, *expected).run_for_none();
}

}  // namespace

const Mode state_mode{.name = "state",
                      .service = "STATE",
                      .help = "Guests are in the state they should be in; thresholds on the number that runs",
                      .example = "--guest 'web*' --expect running -c 1:",
                      .measures = measures,
                      .flags = flags,
                      .run = run,
                      .run_for_none = run_for_none};

}  // namespace virtscope::checks

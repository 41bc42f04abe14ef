// restarts: did guests start again within the window?
#include <algorithm>
#include <array>
#include <unordered_map>

#include "core/text.h"
#include "core/time_text.h"
#include "plugins/judge/figures.h"
#include "plugins/judge/verdict.h"
#include "plugins/look/selection.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

constexpr std::array<Measure, 1> measures{{
    {.label = "restarts", .unit = "", .noun = "starts", .warning = "0", .critical = "3"},
}};

struct Starts {
    double count = 0;
    std::int64_t last = 0;  // realtime ns, 0: none
};

using ByGuest = std::unordered_map<Uuid, Starts, UuidHash>;

ByGuest starts_told(const RecentEvents& recent) {
    ByGuest starts;
    for (const EventAt& at : recent.events) {
        if (at.event.kind != EventKind::guest_started) continue;
        Starts& mine = starts[at.event.guest];
        ++mine.count;
        mine.last = at.realtime;
    }
    return starts;
}

// Nothing where it is not known; a time to come is none.
std::optional<std::int64_t> start_of(const Frame& frame, std::size_t guest) {
    const auto started = frame.get(guest, GuestMetric::start_time);
    if (!started || *started > static_cast<std::uint64_t>(frame.realtime)) return std::nullopt;
    return static_cast<std::int64_t>(*started);
}

// A start that no event tells of, the agent having been down, shows in the guest's own start time.
void add_untold(const Frame& frame, std::size_t guest, const Request& request, Starts& starts) {
    const auto when = start_of(frame, guest);
    if (!when || starts.count > 0 || *when <= frame.realtime - request.window.count()) return;
    starts = {.count = 1, .last = *when};
}

// Neither the ring nor the guest's start tells of all of the window: it began before, or there may be more than are known.
bool is_unknown(const Frame& frame, std::size_t guest, const RecentEvents& recent, const Starts& starts) {
    if (recent.lost > 0) return true;
    if (recent.whole) return false;
    return starts.count > 0 || (!start_of(frame, guest) && state_in(frame, guest) != GuestState::shut_off);
}

Finding judge(const Frame& frame, std::size_t guest, const Starts& starts, const Request& request) {
    const RosterGuest& who = frame.roster->guests[guest];
    Finding finding{.status = request.thresholds.of("restarts").judge(starts.count), .name = name_of(who), .text = {}, .guest = who.uuid, .detail = {}};
    if (request.verbosity >= 3) finding.detail = who.uuid.text();
    finding.weight = starts.count;
    if (request.why)
        finding.why = fmt::format("{} starts in {}, {}", starts.count, human_duration(request.window.count()), request.thresholds.of("restarts").text());
    finding.text = starts.count == 0 ? "did not start" : fmt::format("started {} times, last {}", starts.count, local_time(starts.last));
    if (starts.count == 1) finding.text = "started at " + local_time(starts.last);
    if (is_stale(frame, guest)) {
        finding.status = worse(finding.status, Status::unknown);
        finding.text += ", but does not answer";
    }
    return finding;
}

struct Counted {
    std::size_t guest = 0;
    double starts = 0;
};

void add_perfdata(std::vector<Counted> counted, bool one_by_name, const Request& request, const Roster& roster, Report& report) {
    std::size_t shown = request.worst ? 1 : request.top;
    if (shown == 0 || one_by_name) shown = counted.size();
    // In the roster's order where all are shown.
    const auto before = [](const Counted& a, const Counted& b) { return a.starts != b.starts ? a.starts > b.starts : a.guest < b.guest; };
    if (shown < counted.size()) std::ranges::sort(counted, before);
    counted.resize(std::min(shown, counted.size()));
    Labels labels;
    for (const Counted& each : counted) {
        const RosterGuest& who = roster.guests[each.guest];
        report.perf.push_back({.label = one_by_name || request.worst ? labels.fixed("restarts") : labels.of_guest(who.name, who.uuid),
                               .value = each.starts, .unit = "", .thresholds = &request.thresholds.of("restarts"),
                               .minimum = 0, .maximum = std::nullopt});
    }
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    const Frame& frame = *snapshot.frame;
    const auto recent = recent_events(snapshot, request.window);
    if (!recent) return std::unexpected(recent.error());
    ByGuest starts = starts_told(**recent);
    const Chosen chosen = choose_guests(*frame.roster, request);
    Report report;
    add_missing(chosen, Status::unknown, "is not on this host", report);
    std::vector<Counted> counted;
    double all = 0;
    bool sure = true;
    for (const std::size_t guest : chosen.guests) {
        Starts& mine = starts[frame.roster->guests[guest].uuid];
        add_untold(frame, guest, request, mine);
        all += mine.count;
        counted.push_back({guest, mine.count});
        Finding& finding = report.findings.emplace_back(judge(frame, guest, mine, request));
        if (!is_unknown(frame, guest, **recent, mine)) continue;
        sure = false;
        finding.status = worse(finding.status, Status::unknown);
        finding.text += ", as far as is known";
    }
    add_perfdata(std::move(counted), chosen.one_by_name, request, *frame.roster, report);
    report.headline = fmt::format("{} starts of {} guests in {}", all, chosen.guests.size(), human_duration(request.window.count()));
    if (!sure && !(*recent)->whole) report.notes.emplace_back("the ring does not reach back that far: earlier restarts are not known");
    return report;
}

}  // namespace

const Mode restarts_mode{.name = "restarts",
                         .service = "RESTARTS",
                         .help = "Starts of each guest within the window",
                         .example = "--window 1h -w 0 -c 3",
                         .measures = measures,
                         .window = "1h",
                         .run = run};

}  // namespace virtscope::checks

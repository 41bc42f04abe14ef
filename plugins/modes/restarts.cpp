// restarts: did guests start again within the window?
#include <array>
#include <unordered_map>

#include "core/text.h"
#include "core/time_text.h"
#include "plugins/figures.h"
#include "plugins/modes/modes.h"
#include "plugins/selection.h"
#include "plugins/verdict.h"

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

// A start that no event tells of, the agent having been down, shows in the guest's own start time.
void add_untold(const Frame& frame, std::size_t guest, const Request& request, Starts& starts) {
    const auto started = frame.get(guest, GuestMetric::start_time);
    if (!started || starts.count > 0) return;
    const auto when = static_cast<std::int64_t>(*started);
    if (when <= frame.realtime - request.window.count() || when > frame.realtime) return;
    starts = {.count = 1, .last = when};
}

// Neither the ring nor the guest's start tells of all of the window.
bool is_unknown(const Frame& frame, std::size_t guest, const RecentEvents& recent, const Starts& starts) {
    if (recent.lost > 0) return true;
    return starts.count == 0 && !recent.whole && !frame.get(guest, GuestMetric::start_time) &&
           state_in(frame, guest) != GuestState::shut_off;
}

Finding judge(const Frame& frame, std::size_t guest, const Starts& starts, const Request& request) {
    const RosterGuest& who = frame.roster->guests[guest];
    Finding finding{.status = request.thresholds.of("restarts").judge(starts.count), .name = name_of(who), .text = {}, .detail = who.uuid.text()};
    finding.weight = starts.count;
    finding.text = starts.count == 0 ? "did not start" : fmt::format("started {} times, last {}", starts.count, local_time(starts.last));
    if (starts.count == 1) finding.text = "started at " + local_time(starts.last);
    if (is_stale(frame, guest)) {
        finding.status = worse(finding.status, Status::unknown);
        finding.text += ", but does not answer";
    }
    return finding;
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    const Frame& frame = *snapshot.frame;
    const auto recent = recent_events(snapshot, request.window);
    if (!recent) return std::unexpected(recent.error());
    ByGuest starts = starts_told(**recent);
    const Chosen chosen = choose_guests(*frame.roster, request);
    Report report;
    add_missing(chosen, Status::unknown, "is not on this host", report);
    Labels labels;
    double all = 0;
    for (const std::size_t guest : chosen.guests) {
        const RosterGuest& who = frame.roster->guests[guest];
        Starts& mine = starts[who.uuid];
        add_untold(frame, guest, request, mine);
        all += mine.count;
        report.findings.push_back(judge(frame, guest, mine, request));
        Finding& finding = report.findings.back();
        if (is_unknown(frame, guest, **recent, mine)) finding.status = worse(finding.status, Status::unknown);
        report.perf.push_back({.label = chosen.one_by_name ? labels.fixed("restarts") : labels.of_guest(who.name, who.uuid),
                               .value = mine.count, .unit = "", .thresholds = &request.thresholds.of("restarts"),
                               .minimum = 0, .maximum = std::nullopt});
    }
    report.headline = fmt::format("{} starts of {} guests in {}", all, chosen.guests.size(), human_duration(request.window.count()));
    if (!(*recent)->whole) report.notes.emplace_back("the ring does not reach back that far: earlier restarts are not known");
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

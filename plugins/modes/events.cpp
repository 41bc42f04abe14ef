// events: did something happen that somebody should look at?
#include <algorithm>
#include <array>

#include "core/text.h"
#include "core/time_text.h"
#include "plugins/look/selection.h"
#include "plugins/modes/modes.h"

namespace virtscope::checks {
namespace {

constexpr std::size_t most_told = 20;

constexpr std::array<Measure, 1> measures{{
    {.label = "events", .unit = "", .noun = "events", .warning = "0"},
}};

constexpr std::array<Flag, 1> flags{{
    {"--kind", "trouble",
     "which events count: trouble (guests crashed or paused by an I/O error, monitors lost, ticks skipped, the ring not "
     "writable), all, or names from `virtscope events`, separated by commas"},
}};

bool is_trouble(const Event& event) {
    switch (event.kind) {
        case EventKind::monitor_lost:
        case EventKind::ticks_skipped:
        case EventKind::ring_in_memory: return true;
        case EventKind::guest_state:
            // "running -> paused (I/O error)": the new state is at the end.
            return event.text.ends_with(state_name(GuestState::crashed)) || event.text.ends_with(state_name(GuestState::paused_io));
        default: return false;
    }
}

struct Kinds {
    bool all = false, trouble = false;
    std::vector<EventKind> named;

    bool has(const Event& event) const {
        return all || (trouble && is_trouble(event)) || std::ranges::find(named, event.kind) != named.end();
    }
};

std::string names_of_kinds() {
    std::string names;
    for (std::size_t i = 0; i < event_kind_count; ++i) names += ", " + std::string(event_name(static_cast<EventKind>(i)));
    return names;
}

Result<> add_kind(std::string_view name, Kinds& kinds) {
    if (name == "all") kinds.all = true;
    if (name == "trouble") kinds.trouble = true;
    if (name == "all" || name == "trouble") return {};
    for (std::size_t i = 0; i < event_kind_count; ++i) {
        if (event_name(static_cast<EventKind>(i)) != name) continue;
        kinds.named.push_back(static_cast<EventKind>(i));
        return {};
    }
    return fail(ErrorKind::malformed, "--kind {}: want trouble, all{}", printable(name, 40), names_of_kinds());
}

Result<Kinds> parse_kinds(std::string_view text) {
    Kinds kinds;
    for (std::size_t begin = 0; begin <= text.size();) {
        const std::size_t comma = std::min(text.find(',', begin), text.size());
        if (auto added = add_kind(text.substr(begin, comma - begin), kinds); !added) return std::unexpected(added.error());
        begin = comma + 1;
    }
    return kinds;
}

// Guests that are gone by now have events, too: they are meant by what they were called.
bool is_about_chosen(const Event& event, const Request& request, const Roster& roster) {
    RosterGuest who;
    who.uuid = event.guest;
    who.name = event.name;
    const bool host = event.guest == Uuid();
    if (request.only) return !host && event.guest == roster.guests[*request.only].uuid;
    if (!host && any_means(request.excluded, who)) return false;
    return request.guests.empty() || (!host && any_means(request.guests, who));
}

std::string tell(const EventAt& at) {
    return fmt::format("{} {}{}{}{}{}", local_time(at.realtime), event_name(at.event.kind), at.event.name.empty() ? "" : " ",
                       at.event.name, at.event.text.empty() ? "" : ": ", at.event.text);
}

// Whoever is asked for and neither here nor in an event of the window may be a slip of the pen: that must not pass for quiet.
void add_strangers(const Request& request, const Roster& roster, const RecentEvents& recent, Report& report) {
    Chosen chosen = choose_guests(roster, request);
    const auto had_event = [&](const std::string& asked) {
        const auto pattern = GuestPattern::parse(asked);
        return pattern && std::ranges::any_of(recent.events, [&](const EventAt& at) {
            RosterGuest who;
            who.uuid = at.event.guest;
            who.name = at.event.name;
            return pattern->means(who);
        });
    };
    std::erase_if(chosen.missing, had_event);
    std::erase_if(chosen.unmatched, had_event);
    if (!chosen.missing.empty() || !chosen.unmatched.empty()) add_missing(chosen, Status::unknown, "is not on this host", report);
}

Report report_on(const std::vector<const EventAt*>& found, const Request& request, const Snapshot& snapshot,
                 const RecentEvents& recent) {
    const Thresholds& thresholds = request.thresholds.of("events");
    const auto count = static_cast<double>(found.size());
    Report report;
    report.headline = fmt::format("{} {} in {}", found.size(), found.size() == 1 ? "event" : "events",
                                  human_duration(request.window.count()));
    const Range* crossed = thresholds.crossed(thresholds.judge(count));
    const std::string judged = crossed != nullptr ? fmt::format("last: {}", found.empty() ? "none" : tell(*found.back())) : "in order";
    Finding& finding = report.findings.emplace_back(Finding{.status = thresholds.judge(count), .name = {}, .text = judged, .detail = {}});
    if (request.why) finding.why = fmt::format("{} {} of that kind, {}", found.size(), found.size() == 1 ? "event" : "events", thresholds.text());
    for (std::size_t i = 0; i < std::min(found.size(), most_told); ++i) {
        const std::string line = tell(*found[found.size() - 1 - i]);
        (crossed != nullptr ? report.notes : report.details).push_back(line);
    }
    add_strangers(request, *snapshot.frame->roster, recent, report);
    if (!recent.whole) report.notes.emplace_back("the ring does not reach back that far: earlier events are not known");
    if (recent.lost > 0) {
        report.findings.push_back({.status = Status::unknown, .name = {},
                                   .text = fmt::format("{} frames could not be read, their events with them", recent.lost),
                                   .detail = {}});
    }
    report.perf.push_back({.label = "events", .value = count, .unit = "", .thresholds = &thresholds, .minimum = 0,
                           .maximum = std::nullopt});
    return report;
}

Result<Report> run(const Request& request, Snapshot& snapshot) {
    const auto kinds = parse_kinds(request.option("--kind"));
    if (!kinds) return std::unexpected(kinds.error());
    const auto recent = recent_events(snapshot, request.window);
    if (!recent) return std::unexpected(recent.error());
    std::vector<const EventAt*> found;
    for (const EventAt& at : (*recent)->events) {
        if (kinds->has(at.event) && is_about_chosen(at.event, request, *snapshot.frame->roster)) found.push_back(&at);
    }
    return report_on(found, request, snapshot, **recent);
}

}  // namespace

const Mode events_mode{.name = "events",
                       .service = "EVENTS",
                       .help = "Events of the last time that somebody should look at",
                       .example = "--window 15m --kind trouble,guest-stopped -w 0 -c 5",
                       .measures = measures,
                       .flags = flags,
                       .window = "15m",
                       .run = run};

}  // namespace virtscope::checks

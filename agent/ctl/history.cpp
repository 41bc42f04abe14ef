// virtscope history GUEST|host: how values went over a stretch of time.
#include <algorithm>
#include <array>
#include <chrono>

#include "agent/ctl/history_output.h"
#include "agent/ctl/output.h"
#include "agent/ctl/range.h"
#include "core/history/presence.h"
#include "core/quantity.h"
#include "core/text.h"
#include "core/time_text.h"

namespace virtscope {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;

constexpr std::int64_t lines_of_a_table = 60;
constexpr nanoseconds default_range = 10min;

// The shortest step of a kind people think in that makes no more lines than fit, and no finer than the agent
// samples: its steps would be gaps.
nanoseconds fitting_step(const TimeRange& range, nanoseconds interval) {
    static constexpr std::array<nanoseconds, 20> usual{1s,    2s,    5s, 10s, 15s, 30s, 1min, 2min, 5min, 10min,
                                                       15min, 30min, 1h, 2h,  3h,  6h,  12h,  24h,  168h, 720h};
    const nanoseconds wanted = std::max(nanoseconds((range.to - range.from) / lines_of_a_table), interval);
    const auto found = std::ranges::find_if(usual, [&](nanoseconds step) { return step >= wanted; });
    return found == usual.end() ? usual.back() : *found;
}

Result<nanoseconds> step_of(const Request& request, const TimeRange& range, const Frame& newest) {
    if (request.step == "0") return nanoseconds(0);
    if (!request.step.empty()) {
        const auto step = parse_duration(request.step);
        if (!step) return fail(ErrorKind::malformed, "--step {}; 0 for every frame", step.error().message);
        if (step->count() == 0 || static_cast<std::uint64_t>((range.to - range.from) / step->count()) + 2 < most_steps)
            return *step;
        return fail(ErrorKind::malformed, "--step {}: more than {} lines: take a longer step or a shorter range",
                    request.step, most_steps);
    }
    const auto interval = newest.get(0, AgentMetric::tick_interval).value_or(0);
    return fitting_step(range, nanoseconds(static_cast<std::int64_t>(std::min<std::uint64_t>(interval, 1ULL << 60))));
}

// What can be said of the request without a ring.
Result<HistoryView> view_of(const Request& request) {
    HistoryView view;
    view.own = request.subject == "host" ? Scope::Host : Scope::Guest;
    auto columns = parse_columns(request.metrics, view.own);
    if (!columns) return std::unexpected(columns.error());
    view.columns = std::move(*columns);
    const auto statistic = parse_statistic(request.statistic);
    if (!statistic) return std::unexpected(statistic.error());
    view.statistic = *statistic;
    view.statistic_name = request.statistic.empty() ? "avg" : request.statistic;
    return view;
}

Result<> name_subject(RingReader& reader, const TimeRange& range, const Request& request, const Frame& newest,
                      HistoryView& view) {
    view.name = newest.roster->host.name;
    if (view.own == Scope::Host) return {};
    const auto guest = find_guest_in(reader, range, request.subject);
    if (!guest) return std::unexpected(guest.error());
    view.name = guest->name;
    view.guest = guest->uuid;
    return {};
}

// A table that begins later than was asked for should not look like a quiet hour.
void note_beginning(const Request& request, const TimeRange& asked, const TimeRange& held, nanoseconds step) {
    if (request.from.empty() || held.from - asked.from <= step.count()) return;
    note(fmt::format("the ring reaches back to {} only", local_time(held.from)));
}

// A misspelt disk should not look like one that does nothing.
Result<> check_instances(const HistoryView& view, const Series& series) {
    for (std::size_t c = 0; c < view.columns.size(); ++c) {
        const Column& column = view.columns[c];
        if (series.met[c] || column.instance.empty()) continue;
        return fail(ErrorKind::absent, "{} had no {} '{}' in that range; see virtscope info", printable(view.name, 80),
                    scope_name(column.scope), printable(column.instance, 80));
    }
    return {};
}

}  // namespace

int run_history(const Request& request) {
    auto view = view_of(request);
    if (!view) return complain(view.error(), exit_usage);
    auto reader = RingReader::open(request.ring);
    if (!reader) return complain(reader.error(), exit_no_ring);
    const auto newest = reader->newest();
    if (!newest) return complain(newest.error(), exit_no_ring);
    auto range = range_of(request, (*newest)->realtime, default_range);
    if (!range) return complain(range.error(), exit_usage);
    const auto held = clip_to_ring(*reader, *range);
    if (!held) return complain(held.error(), held.error().kind == ErrorKind::absent ? exit_not_well : exit_no_ring);
    const auto step = step_of(request, *held, **newest);
    if (!step) return complain(step.error(), exit_usage);
    view->step = *step;
    // Steps begin at whole seconds, minutes and hours.
    if (view->step.count() > 0) range->from -= range->from % view->step.count();
    if (auto named = name_subject(*reader, *held, request, **newest, *view); !named)
        return complain(named.error(), exit_not_well);
    const auto series = read_series(*reader, {.guest = view->guest,
                                              .range = *range,
                                              .step = view->step,
                                              .columns = view->columns,
                                              .keep_values = view->statistic.kind == Statistic::Kind::percentile});
    if (!series) return complain(series.error(), exit_no_ring);
    if (auto there = check_instances(*view, *series); !there) return complain(there.error(), exit_not_well);
    print_history(*view, *series, request.format);
    note_beginning(request, *range, *held, view->step);
    note_lost(series->lost);
    return exit_done;
}

}  // namespace virtscope

#include "plugins/look/past.h"

#include <algorithm>
#include <deque>

#include "core/text.h"
#include "core/time_text.h"
#include "plugins/look/rows.h"
#include "plugins/look/slim.h"

namespace virtscope::checks {
namespace {

using std::chrono::nanoseconds;

// Above so many guests it is cheaper to decode all of every frame once.
constexpr std::size_t few_guests = 4;
constexpr nanoseconds least_look_back = std::chrono::minutes(10);
constexpr std::int64_t parts = 10;  // of a window, by which alerting_since() steps

// Where the rows of the newest frame are in others. A guest of an earlier run is another.
class Finder {
public:
    explicit Finder(FramePtr newest) : newest_(std::move(newest)), who_(later(*newest_)) {}

    std::optional<Sight> sight(const FramePair& pair, const Observation& of, const Request& request) {
        const FramePtr& frame = pair.now();
        if (!rows_ || rows_->before()->roster != frame->roster) rows_.emplace(frame, who_);
        const bool guests = is_of_guests(of.measure->scope);
        const auto guest = guests ? rows_->older(Scope::Guest, of.guest) : 0;
        const auto row = rows_->older(of.measure->scope, of.row);
        if (!guest || !row) return std::nullopt;
        return Sight{pair, *guest, *row, request, *newest_};
    }

private:
    // Rows are found from an older frame to a newer one, and the newest is looked at as well.
    static FramePtr later(const Frame& newest) {
        auto frame = std::make_shared<Frame>();
        frame->roster = newest.roster;
        frame->monotonic = newest.monotonic + 1;
        return frame;
    }

    FramePtr newest_;
    FramePtr who_;                   // its roster
    std::optional<FramePair> rows_;  // from the frame looked at to that
};

class Gathering {
public:
    Gathering(const FramePtr& newest, const Request& request, std::span<Observation* const> wanted)
        : request_(request), wanted_(wanted), values_(wanted.size()), last_(wanted.size()), finder_(newest),
          begin_(newest->monotonic - request.window.count()) {}

    void add(const FramePtr& frame) {
        const FramePair pair(std::exchange(before_, frame), frame);
        if (frame->monotonic < begin_) return;
        const bool first = pair.interval() == 0;
        for (std::size_t i = 0; i < wanted_.size(); ++i) {
            if (first && !wanted_[i]->measure->momentary) continue;
            const auto sight = finder_.sight(pair, *wanted_[i], request_);
            last_[i] = sight ? wanted_[i]->measure->read(*sight) : Value();
            if (last_[i].number) values_[i].push_back(*last_[i].number);
        }
        ++samples_;
    }

    std::size_t finish() {
        for (std::size_t i = 0; i < wanted_.size(); ++i) {
            wanted_[i]->value = last_[i];
            if (!last_[i].unknown() && !values_[i].empty()) wanted_[i]->value = Value(request_.stat.of(values_[i]));
        }
        return samples_;
    }

private:
    const Request& request_;
    std::span<Observation* const> wanted_;
    std::vector<std::vector<double>> values_;
    std::vector<Value> last_;
    Finder finder_;
    std::int64_t begin_;  // frames before are there only for the rates of the first one within
    FramePtr before_;
    std::size_t samples_ = 0;
};

std::vector<Uuid> guests_of(const Roster& roster, std::span<Observation* const> observations) {
    std::vector<Uuid> guests;
    for (const Observation* each : observations) {
        if (!is_of_guests(each->measure->scope)) continue;
        const Uuid& uuid = roster.guests[each->guest].uuid;
        if (guests.empty() || guests.back() != uuid) guests.push_back(uuid);
    }
    return guests;
}

// Frames of the stretch before the newest one, that included, oldest first: of one guest, or without one all of them.
template <class Visit>
Result<> scan(Snapshot& snapshot, nanoseconds back, std::optional<Uuid> guest, const Visit& visit) {
    // A little more than asked for, by which the frame at the very beginning has one before it.
    const Frame& newest = *snapshot.frame;
    const std::int64_t begin = newest.monotonic - back.count();
    const std::int64_t margin = static_cast<std::int64_t>(newest.get(0, AgentMetric::tick_interval).value_or(0)) * 3 / 2;
    const Selection all{.range = {.from = newest.realtime - back.count() - margin, .to = newest.realtime}, .guest = guest};
    const auto lost = snapshot.ring.scan(all, [&](const Frame& frame) {
        if (frame.sequence > newest.sequence) return false;
        if (frame.monotonic >= begin - margin && frame.monotonic <= newest.monotonic) visit(frame);
        return true;
    });
    if (!lost) return std::unexpected(lost.error());
    return {};
}

// Guests' rows that nobody wants are not worth their copies, but for sums over guests, those that are gone by now included.
bool needs_all(std::span<Observation* const> wanted) {
    return std::ranges::any_of(wanted, [](const Observation* each) { return each->measure->sums_guests; });
}

}  // namespace

Result<std::size_t> over_window(Snapshot& snapshot, const Request& request, std::span<Observation* const> wanted) {
    const std::vector<Uuid> guests = guests_of(*snapshot.frame->roster, wanted);
    const bool one_by_one = !guests.empty() && guests.size() <= few_guests;
    std::size_t samples = 0;
    for (std::size_t i = 0; i < (one_by_one ? guests.size() : 1); ++i) {
        const auto mine = [&](const Observation* each) {
            return !one_by_one || snapshot.frame->roster->guests[each->guest].uuid == guests[i];
        };
        std::vector<Observation*> some;
        std::ranges::copy_if(wanted, std::back_inserter(some), mine);
        Gathering gathering(snapshot.frame, request, some);
        const bool all = needs_all(some);
        Slimmer slimmer(one_by_one ? std::vector{guests[i]} : guests);
        const auto scanned = scan(snapshot, request.window, one_by_one ? std::optional(guests[i]) : std::nullopt,
                                  [&](const Frame& frame) {
                                      gathering.add(all ? std::make_shared<const Frame>(frame) : slimmer.slim(frame));
                                  });
        if (!scanned) return std::unexpected(scanned.error());
        samples = std::max(samples, gathering.finish());
    }
    return samples;
}

std::optional<Since> alerting_since(Snapshot& snapshot, const Request& request, const Observation& observation,
                                    const Range& range) {
    // Ten minutes of all guests' rows are more than a date is worth.
    if (observation.measure->sums_guests) return std::nullopt;
    const bool over_time = !observation.measure->momentary && !request.stat.scans();
    const std::int64_t spacing = over_time ? request.window.count() / parts : 0;
    const nanoseconds back = std::max(least_look_back, 3 * request.window);
    std::optional<Uuid> guest;
    if (is_of_guests(observation.measure->scope)) guest = snapshot.frame->roster->guests[observation.guest].uuid;
    std::deque<FramePtr> kept;
    Slimmer slimmer(guest ? std::vector{*guest} : std::vector<Uuid>{});
    const auto scanned = scan(snapshot, back, guest, [&](const Frame& frame) {
        if (kept.empty() || frame.monotonic - kept.back()->monotonic >= spacing) kept.push_back(slimmer.slim(frame));
    });
    if (!scanned) return std::nullopt;
    Finder finder(snapshot.frame);
    const std::size_t reach = over_time ? static_cast<std::size_t>(parts) : 1;
    std::optional<Since> since;
    for (std::size_t i = kept.size(); i-- > 0;) {
        const FramePair pair(i >= reach ? kept[i - reach] : nullptr, kept[i]);
        const auto sight = finder.sight(pair, observation, request);
        const Value value = sight ? observation.measure->read(*sight) : Value();
        if (!value.number) break;
        if (!range.alerts(*value.number)) {
            if (since) since->longer = false;
            return since;
        }
        since = Since{.realtime = kept[i]->realtime, .longer = true};
    }
    return since;
}

std::string since_text(const Since& since, std::int64_t now) {
    const std::string clock = local_time(since.realtime);
    return fmt::format("since {}{} ({})", since.longer ? "at least " : "", clock, human_duration(now - since.realtime));
}

}  // namespace virtscope::checks

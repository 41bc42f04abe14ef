#include "top/source/host_state.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/text.h"

namespace virtscope::top {
namespace {

using std::chrono::nanoseconds;
using Clock = HostWatch::Clock;

// A driver that is still connecting has its own patience, so it is only asked how far it has come.
bool is_under_way(const Error& problem) { return problem.kind == ErrorKind::timeout; }

nanoseconds retry_wait(const WatchPace& pace, unsigned failures) {
    constexpr unsigned most_doublings = 16;
    return std::min(pace.longest_retry, pace.first_retry * (1U << std::min(failures, most_doublings)));
}

// The source and what has been come to with it; only the thread knows it.
class Visitor {
public:
    Visitor(const OpenSource& open, const std::atomic<bool>& abandoned) : open_(open), abandoned_(abandoned) {}

    Found visit(const std::optional<Trip>& trip, nanoseconds window) {
        lender_.take_back();
        Found found = trip ? travel(*trip) : look(window);
        if (source_ == nullptr) return found;
        found.more_to_come = source_->more_to_come();
        found.ring = source_->ring_for_orders();
        return found;
    }

private:
    Found look(nanoseconds window) {
        if (source_ == nullptr) {
            auto opened = open_(abandoned_);
            if (!opened) return {.problem = opened.error()};
            source_ = std::move(*opened);
        }
        auto picture = source_->look(window);
        if (!picture) return {.problem = picture.error()};
        seen_ = true;
        return {.picture = lender_.lend(std::move(*picture))};
    }

    // A way leads from somewhere: the host is looked at first.
    Found travel(const Trip& trip) {
        if (!seen_) {
            Found first = look(trip.window);
            if (first.problem) return first;
        }
        const Move* const move = std::get_if<Move>(&trip.to);
        auto picture = move != nullptr ? source_->go(*move, trip.window)
                                       : source_->at(std::get<std::int64_t>(trip.to), trip.window);
        if (!picture) return {.astray = picture.error()};
        return {.picture = lender_.lend(std::move(*picture))};
    }

    const OpenSource& open_;
    const std::atomic<bool>& abandoned_;
    Lender lender_;
    std::unique_ptr<FrameSource> source_;
    bool seen_ = false;
};

}  // namespace

std::string HostState::trouble() const {
    const auto now = Clock::now();
    if (hangs())
        return fmt::format("{}: no answer for {}", name, human_duration(nanoseconds(now - *busy_since).count()));
    if (last.problem) return last.problem->message;
    if (!last.picture) return name + ": no answer yet";
    return last.picture->is_history ? "" : last.picture->notice;
}

// What nobody has taken stands for about as long as it is asked for, so that no tick is lost to who prints them all.
Clock::time_point HostState::next_call() const {
    if (last.problem) return retry;
    if (trip) return {};
    return unseen ? std::max(due, looked + window) : due;
}

void HostState::keep(Found found, const std::optional<Trip>& done, Clock::time_point begun) {
    const auto now = Clock::now();
    busy_since.reset();
    looked = now;
    took = now - begun;
    due = planned > now ? planned : now + window;
    const bool under_way = found.problem && is_under_way(*found.problem);
    if (found.problem) retry = now + (under_way ? pace.first_retry / 4 : retry_wait(pace, failures));
    failures = found.problem && !under_way ? failures + 1 : 0;
    if (found.problem && !trip) trip = done;  // it goes there once it is reached
    travels = trip.has_value();
    heard = heard || !under_way;
    if (found.picture) unseen = found.picture->is_new || unseen;
    if (!found.picture) found.picture = std::move(last.picture);
    if (!done) found.astray = std::move(last.astray);
    last = std::move(found);
}

void watch_host(const OpenSource& open, HostState& state) {
    Visitor visitor(open, state.closing);
    std::unique_lock lock(state.mutex);
    while (true) {
        while (!state.has_work()) state.changed.wait_until(lock, state.next_call());
        if (state.closing) return;
        const auto begun = Clock::now();
        const auto trip = std::exchange(state.trip, std::nullopt);
        const nanoseconds window = state.window;
        state.busy_since = begun;
        lock.unlock();
        Found found = visitor.visit(trip, window);
        lock.lock();
        state.keep(std::move(found), trip, begun);
        state.changed.notify_all();
    }
}

}  // namespace virtscope::top

// RingSource: going to another moment.
#include <algorithm>

#include <fmt/format.h>

#include "core/freshness.h"
#include "core/text.h"
#include "core/time_text.h"
#include "top/source/ring_source.h"
#include "top/source/travel.h"

namespace virtscope::top {
namespace {

using std::chrono::nanoseconds;

// Where no agent ran at the time that was asked for, something earlier is shown: that is said.
std::string gap_before(const Frame& frame, std::int64_t realtime) {
    if (is_live(frame, {.realtime = realtime, .monotonic = 0, .boot_id = {}})) return {};
    return fmt::format("nothing was recorded at {}: this is from {} before", local_time(realtime),
                       human_duration(realtime - frame.realtime));
}

// A delay, less what two frames may be nearer to each other than ticks should be.
nanoseconds at_least(nanoseconds window, const Frame& frame) {
    const std::uint64_t tick = frame.get(0, AgentMetric::tick_interval).value_or(0);
    return window - nanoseconds(std::min(tick / 2, static_cast<std::uint64_t>(window.count())));
}

bool leads_on(Move move) {
    return move == Move::forward || move == Move::minute_forward || move == Move::event_forward || move == Move::onward;
}

}  // namespace

Result<Picture> RingSource::at(std::int64_t realtime, nanoseconds window) {
    const bool was_in_history = std::exchange(in_history_, true);
    if (auto shown = show(frame_of_time(reader_, realtime), window, {}); !shown) {
        in_history_ = was_in_history;
        return std::unexpected(shown.error());
    }
    Picture picture = picture_now(true);
    picture.remark = gap_before(*last_, realtime);
    return picture;
}

Result<Picture> RingSource::go(Move move, nanoseconds window) {
    auto target = target_of(move, window);
    if (!target) return std::unexpected(target.error());
    const bool ended = !*target;
    const bool is_recording = kind_ == Kind::recording;
    // What is printed one after the other ends here; for people there may be some frames left to jump to.
    if (ended && is_recording && move == Move::onward) return picture_now(false);
    if (ended) target = reader_.newest();
    if (!target) return std::unexpected(target.error());
    const bool was_in_history = std::exchange(in_history_, is_recording || (move != Move::newest && !ended));
    const FramePtr from = last_;
    Begin begin;
    if (leads_on(move) && !ended) begin.events = from;
    if (move == Move::onward && !is_same(*from, **target)) begin.rates = from;
    if (auto shown = show(std::move(target), window, begin); !shown) {
        in_history_ = was_in_history;
        return std::unexpected(shown.error());
    }
    Picture picture = picture_now(!from || !is_same(*from, *last_));
    picture.remark = remark_on(move, ended);
    return picture;
}

// Unlike other ways there is none where nothing happened.
Result<FramePtr> RingSource::eventful(Move move) {
    const bool back = move == Move::event_back;
    // Who looks at the present and at an event goes to that one.
    auto found = back ? eventful_before(reader_, *last_, !in_history_) : eventful_after(reader_, *last_);
    if (!found || *found) return found;
    return fail(ErrorKind::absent, "no event {} this moment", back ? "before" : "after");
}

// Null: that would be past the newest frame.
Result<FramePtr> RingSource::target_of(Move move, nanoseconds window) {
    constexpr nanoseconds minute = std::chrono::minutes(1);
    switch (move) {
        case Move::back: return last_before(reader_, *last_, nanoseconds(0));
        case Move::minute_back: return last_before(reader_, *last_, minute);
        case Move::forward: return first_after(reader_, *last_, nanoseconds(0));
        case Move::minute_forward: return first_after(reader_, *last_, minute);
        case Move::event_back:
        case Move::event_forward: return eventful(move);
        case Move::onward: return first_after(reader_, *last_, at_least(window, *last_));
        case Move::oldest: return reader_.oldest();
        case Move::newest: break;
    }
    return reader_.newest();
}

std::string RingSource::remark_on(Move move, bool ended) {
    const bool is_recording = kind_ == Kind::recording;
    if (ended) return is_recording ? "this is the end of the recording" : "";
    const bool went_back = move == Move::back || move == Move::minute_back;
    if (!went_back || !is_oldest(reader_, *last_)) return {};
    return is_recording ? "this is the beginning of the recording" : "this is the oldest frame of the ring";
}

}  // namespace virtscope::top

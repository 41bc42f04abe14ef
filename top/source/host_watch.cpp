#include "top/source/host_watch.h"

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include "core/freshness.h"
#include "top/source/host_state.h"

namespace virtscope::top {

using std::chrono::nanoseconds;

Result<HostWatch> HostWatch::start(std::string name, OpenSource open, WatchPace pace) {
    auto state = std::make_shared<HostState>();
    state->name = std::move(name);
    state->pace = pace;
    try {
        std::thread([open = std::move(open), state] { watch_host(open, *state); }).detach();
    } catch (const std::system_error& error) {
        return fail(ErrorKind::system, "{}: no thread to look at it: {}", state->name, error.what());
    }
    return HostWatch(std::move(state));
}

HostWatch::~HostWatch() {
    if (state_ == nullptr) return;
    const std::scoped_lock lock(state_->mutex);
    state_->closing = true;
    state_->changed.notify_all();
}

bool HostWatch::wait_heard(Clock::time_point deadline) const {
    std::unique_lock lock(state_->mutex);
    return state_->changed.wait_until(lock, deadline, [&] { return state_->heard; });
}

Sighting HostWatch::take() {
    const std::scoped_lock lock(state_->mutex);
    Sighting sighting{.trouble = state_->trouble(),
                      .is_awaited = !state_->heard,
                      .more_to_come = state_->last.more_to_come,
                      .astray = state_->last.astray};
    if (!state_->last.picture) return sighting;
    sighting.picture = *state_->last.picture;
    sighting.picture.is_new = std::exchange(state_->unseen, false);
    state_->last.picture->remark.clear();
    // A host that hangs grows old.
    if (!sighting.picture.is_history) sighting.picture.age = age_of(sighting.picture.frame(), read_now());
    return sighting;
}

std::optional<nanoseconds> HostWatch::retry_in() const {
    const std::scoped_lock lock(state_->mutex);
    const Found& last = state_->last;
    if (!last.problem || last.problem->kind == ErrorKind::timeout) return std::nullopt;
    return state_->busy_since ? nanoseconds(0) : nanoseconds(state_->retry - Clock::now());
}

void HostWatch::expect(nanoseconds window, bool now) {
    const std::scoped_lock lock(state_->mutex);
    const nanoseconds ahead = std::min<nanoseconds>(2 * state_->took + std::chrono::milliseconds(20), window / 2);
    state_->window = window;
    state_->planned = Clock::now() + window - ahead;
    state_->due = now && !state_->busy_since ? Clock::now() : state_->planned;
    state_->changed.notify_all();
}

void HostWatch::send(Destination to, nanoseconds window) {
    const std::scoped_lock lock(state_->mutex);
    state_->trip = Trip{to, window};
    state_->travels = true;
    state_->changed.notify_all();
}

Result<Arrival> HostWatch::wait_arrived(Clock::time_point deadline) const {
    std::unique_lock lock(state_->mutex);
    const Found& last = state_->last;
    const auto over = [&] { return !state_->travels || last.problem; };
    if (!state_->changed.wait_until(lock, deadline, over))
        return fail(ErrorKind::timeout, "{}: it takes longer to go there", state_->name);
    if (last.problem) return std::unexpected(*last.problem);
    if (last.astray) return std::unexpected(*last.astray);
    return Arrival{last.picture->frame().realtime, last.picture->is_history, last.picture->is_new};
}

bool HostWatch::is_ready() const {
    const std::scoped_lock lock(state_->mutex);
    const Found& last = state_->last;
    return last.picture && !last.problem && !last.astray && !state_->hangs();
}

void HostWatch::forget_astray() {
    const std::scoped_lock lock(state_->mutex);
    state_->last.astray.reset();
}

Result<std::string> HostWatch::ring_for_orders() const {
    const std::scoped_lock lock(state_->mutex);
    if (!state_->last.picture) return fail(ErrorKind::absent, "no orders: {} has not been reached", state_->name);
    return state_->last.ring;
}

}  // namespace virtscope::top

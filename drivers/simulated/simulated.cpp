#include "drivers/simulated/simulated.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "drivers/simulated/open.h"

namespace virtscope::simulated {

SimulatedDriver::SimulatedDriver(const Options& options, Clocks clocks)
    : clocks_(std::move(clocks)),
      steady_start_(clocks_.steady()),
      realtime_start_(clocks_.realtime()),
      waves_(make_waves(options.seed)),
      lives_(options, realtime_start_),
      orders_(std::make_shared<Orders>(
          options, lives_,
          [steady = clocks_.steady, ahead = realtime_start_ - steady_start_] { return steady() + ahead; })),
      guests_(make_population(options)) {
    for (SimGuest& guest : guests_) {
        begin_life(guest, waves_, lives_.at(guest.index, realtime_start_));
        guest.state = state_at(guest.habit, guest.life.start, realtime_start_);
        if (guest.hung) events_.push_back({EventKind::monitor_lost, guest.uuid, guest.name, "query-blockstats not answered"});
    }
}

Moment SimulatedDriver::now() const {
    const std::int64_t steady = clocks_.steady();
    return {.time = realtime_start_ + (steady - steady_start_), .steady = steady, .opened = realtime_start_};
}

Result<> SimulatedDriver::refresh(Clock::duration) {
    const std::int64_t time = now().time;
    bool changed = time >= next_change_ && change_lives(time);
    changed |= follow_orders(time);
    if (changed) list_places();
    return {};
}

bool SimulatedDriver::change_lives(std::int64_t time) {
    next_change_ = std::numeric_limits<std::int64_t>::max();
    bool changed = generation_ == 0;
    for (SimGuest& guest : guests_) {
        if (time >= guest.life.until) {
            const Life life = lives_.at(guest.index, time);
            const Life& old = guest.life;
            changed |= life.up != old.up || life.start != old.start || life.plugged != old.plugged;
            // A restart is no change of state: it shows as another generation.
            if (life.start != old.start) guest.state = state_at(guest.habit, life.start, time);
            begin_life(guest, waves_, life);
        }
        next_change_ = std::min(next_change_, guest.life.until);
    }
    return changed;
}

bool SimulatedDriver::follow_orders(std::int64_t time) {
    const auto news = orders_->news(orders_seen_);
    for (const auto& [index, held] : news) hold(guests_[index], held, waves_, time);
    return !news.empty();
}

void SimulatedDriver::list_places() {
    ++generation_;
    places_.clear();
    shown_.clear();
    for (const SimGuest& guest : guests_) {
        if (!guest.life.up && !guest.kept) continue;
        shown_.push_back(static_cast<std::uint32_t>(guest.index));
        places_.push_back(place_of(guest));
    }
}

void SimulatedDriver::note_state(SimGuest& guest, std::int64_t time) {
    const GuestState state = guest.state_now(time);
    if (state == guest.state) return;
    events_.push_back({EventKind::guest_state, guest.uuid, guest.name,
                       fmt::format("{} -> {}", state_name(guest.state), state_name(state))});
    guest.state = state;
}

void SimulatedDriver::ask(std::span<const Slot> slots, Frame& frame, Clock::time_point) {
    const Moment moment = now();
    const std::size_t count = std::min(slots.size(), shown_.size());
    for (std::size_t i = 0; i < count; ++i) {
        if (slots[i].place == nullptr) continue;
        SimGuest& guest = guests_[shown_[i]];
        if (!guest.life.up) {
            fill_off(frame, slots[i], guest, moment);
            continue;
        }
        if (!guest.hung) note_state(guest, moment.time);
        Moment own = moment;
        own.time = guest.clock(moment.time);
        fill(frame, slots[i], guest, waves_, own);
    }
    counts_.questions += count;
}

std::vector<Event> SimulatedDriver::take_events() { return std::exchange(events_, {}); }

}  // namespace virtscope::simulated

namespace virtscope {

Opened open_simulated(std::string_view uri, const DriverHost&, const DriverOptions&) {
    const auto options = simulated::parse_uri(uri);
    if (!options) return options.error();
    if (!*options) return NotMine{};
    return std::make_unique<simulated::SimulatedDriver>(**options, simulated::kernel_clocks());
}

}  // namespace virtscope

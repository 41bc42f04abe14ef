#include "agent/control/order_events.h"

#include <utility>

#include <fmt/format.h>

namespace virtscope::control {
namespace {

constexpr unsigned refused_a_minute = 10;

}  // namespace

void OrderEvents::add(const Uuid& guest, const std::string& name, std::string text) {
    const std::scoped_lock lock(mutex_);
    events_.push_back({EventKind::command, guest, name, std::move(text)});
}

void OrderEvents::add_refused(const Uuid& guest, const std::string& name, std::string text) {
    const std::scoped_lock lock(mutex_);
    end_minute(Clock::now());
    if (++refused_ <= refused_a_minute) events_.push_back({EventKind::command, guest, name, std::move(text)});
}

std::vector<Event> OrderEvents::take() {
    const std::scoped_lock lock(mutex_);
    end_minute(Clock::now());
    return std::exchange(events_, {});
}

void OrderEvents::end_minute(Clock::time_point now) {
    if (now - minute_began_ < std::chrono::minutes(1)) return;
    if (refused_ > refused_a_minute) {
        events_.push_back({EventKind::command, {}, {}, fmt::format("{} more orders refused", refused_ - refused_a_minute)});
    }
    minute_began_ = now;
    refused_ = 0;
}

}  // namespace virtscope::control

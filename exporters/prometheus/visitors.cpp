#include "exporters/prometheus/visitors.h"

#include <algorithm>

#include <sys/socket.h>

namespace virtscope::exporters {

Visitors::Visitor* Visitors::comes(int fd, Time now) {
    const std::lock_guard lock(mutex_);
    visitors_.push_back({.fd = fd, .state = Visitor::State::new_here, .since = now, .place = {}});
    visitors_.back().place = std::prev(visitors_.end());
    return &visitors_.back();
}

void Visitors::asks(Visitor* visitor, Time now) {
    const std::lock_guard lock(mutex_);
    visitor->state = Visitor::State::asking;
    visitor->since = now;
}

void Visitors::is_answered(Visitor* visitor, Time now) {
    const std::lock_guard lock(mutex_);
    visitor->state = Visitor::State::idle;
    visitor->since = now;
}

void Visitors::leaves(Visitor* visitor) {
    const std::lock_guard lock(mutex_);
    visitors_.erase(visitor->place);
}

std::size_t Visitors::count() const {
    const std::lock_guard lock(mutex_);
    return visitors_.size();
}

std::chrono::nanoseconds Visitors::patience_with(const Visitor& visitor) const {
    const auto usual = visitor.state == Visitor::State::idle ? patience_.idle : patience_.request;
    const bool crowded = visitors_.size() >= crowd_;
    return crowded && visitor.state != Visitor::State::asking ? std::min(usual, patience_.crowded) : usual;
}

std::size_t Visitors::show_out(Time now) {
    const std::lock_guard lock(mutex_);
    std::size_t shown_out = 0;
    for (const Visitor& visitor : visitors_) {
        if (now - visitor.since < patience_with(visitor)) continue;
        ::shutdown(visitor.fd, SHUT_RDWR);
        ++shown_out;
    }
    return shown_out;
}

}  // namespace virtscope::exporters

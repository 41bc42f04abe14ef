#include "drivers/xen/store_board.h"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

#include "core/clock.h"
#include "core/text.h"

namespace virtscope::xen {

StoreBoard::StoreBoard(std::chrono::nanoseconds patience)
    : patience_(patience), bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void StoreBoard::follow(std::span<const DomainKey> domains) {
    {
        const std::lock_guard lock(mutex_);
        if (std::ranges::equal(domains, wanted_)) return;
        wanted_.assign(domains.begin(), domains.end());
        changed_ = true;
    }
    wake();
}

std::shared_ptr<const StoreState> StoreBoard::state() {
    const std::lock_guard lock(mutex_);
    const std::int64_t since = asking_->since;
    // The thread that waits for an answer cannot say so itself.
    if (since != 0 && !said_silent_ && clock_ns(CLOCK_MONOTONIC) - since >= patience_.count()) {
        auto silent = std::make_shared<StoreState>(*state_);
        ++silent->generation;
        silent->trouble = fmt::format("xenstored has not answered for {} (see systemctl status xenstored)",
                                      human_duration(patience_.count()));
        state_ = std::move(silent);
        said_silent_ = true;
    }
    return state_;
}

bool StoreBoard::end(std::chrono::nanoseconds grace) {
    asking_->stop = true;
    wake();
    std::unique_lock lock(mutex_);
    return end_.wait_for(lock, grace, [this] { return ended_; });
}

std::optional<std::vector<DomainKey>> StoreBoard::take_wanted() {
    const std::lock_guard lock(mutex_);
    if (!std::exchange(changed_, false)) return std::nullopt;
    return wanted_;
}

void StoreBoard::publish(std::vector<DomainFacts> domains, std::string trouble) {
    auto next = std::make_shared<StoreState>();
    next->domains = std::move(domains);
    next->trouble = std::move(trouble);
    const std::lock_guard lock(mutex_);
    next->generation = state_->generation + 1;
    state_ = std::move(next);
    said_silent_ = false;
}

void StoreBoard::publish(std::string trouble) {
    const std::lock_guard lock(mutex_);
    said_silent_ = false;
    if (state_->trouble == trouble) return;
    auto next = std::make_shared<StoreState>(*state_);
    next->trouble = std::move(trouble);
    ++next->generation;
    state_ = std::move(next);
}

bool StoreBoard::wait(int descriptor, std::chrono::nanoseconds time) const {
    pollfd watched[]{{bell_.get(), POLLIN, 0}, {descriptor, POLLIN, 0}};
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    const timespec limit{seconds.count(), (time - seconds).count()};
    if (::ppoll(watched, 2, &limit, nullptr) <= 0) return false;
    std::uint64_t rings = 0;
    return (watched[0].revents & POLLIN) != 0 && ::read(bell_.get(), &rings, sizeof rings) > 0;
}

void StoreBoard::ended() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    end_.notify_all();
}

void StoreBoard::wake() const {
    const std::uint64_t ring = 1;
    (void)!::write(bell_.get(), &ring, sizeof ring);  // it is full only when it rings anyway
}

}  // namespace virtscope::xen

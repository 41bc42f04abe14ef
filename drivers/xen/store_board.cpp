#include "drivers/xen/store_board.h"

#include <algorithm>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <utility>

namespace virtscope::xen {
namespace {

void ring(const Fd& bell) {
    const std::uint64_t once = 1;
    (void)!::write(bell.get(), &once, sizeof once);  // it is full only when it rings anyway
}

}  // namespace

StoreBoard::StoreBoard()
    : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)), ending_bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}

void StoreBoard::follow(std::span<const DomainKey> domains) {
    {
        const std::lock_guard lock(mutex_);
        if (std::ranges::equal(domains, wanted_)) return;
        wanted_.assign(domains.begin(), domains.end());
        changed_ = true;
    }
    ring(bell_);
}

std::shared_ptr<const StoreState> StoreBoard::state() const {
    const std::lock_guard lock(mutex_);
    return state_;
}

void StoreBoard::end() {
    ending_ = true;
    ring(ending_bell_);
    ring(bell_);
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
}

void StoreBoard::publish(std::string trouble) {
    const std::lock_guard lock(mutex_);
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

}  // namespace virtscope::xen

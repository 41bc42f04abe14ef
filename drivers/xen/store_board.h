// StoreBoard: what the store's thread and its users share. Users only hold its lock for as long as it takes to copy a
// pointer, so neither ever waits for the other.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/fd.h"
#include "drivers/xen/store.h"
#include "drivers/xen/store_link.h"

namespace virtscope::xen {

class StoreBoard {
public:
    // `patience`: how long an answer may take before that is trouble.
    explicit StoreBoard(std::chrono::nanoseconds patience);

    // For users.
    void follow(std::span<const DomainKey> domains);
    std::shared_ptr<const StoreState> state();
    // Asks the thread to end; whether it did within `grace`.
    bool end(std::chrono::nanoseconds grace);

    // For the thread.
    const std::shared_ptr<Asking>& asking() const { return asking_; }
    bool is_ending() const { return asking_->stop; }
    // What is to be followed, if it changed since the last call.
    std::optional<std::vector<DomainKey>> take_wanted();
    void publish(std::vector<DomainFacts> domains, std::string trouble);
    void publish(std::string trouble);  // the domains as they are
    // Sleeps until a user wants something, `descriptor` (-1: none) is readable or `time` is over; true: a user.
    bool wait(int descriptor, std::chrono::nanoseconds time) const;
    void ended();

private:
    void wake() const;

    const std::chrono::nanoseconds patience_;
    const Fd bell_;
    const std::shared_ptr<Asking> asking_ = std::make_shared<Asking>();
    std::mutex mutex_;
    std::condition_variable end_;
    bool ended_ = false;
    bool changed_ = false;
    std::vector<DomainKey> wanted_;
    std::shared_ptr<const StoreState> state_ = std::make_shared<StoreState>();
    bool said_silent_ = false;
};

}  // namespace virtscope::xen

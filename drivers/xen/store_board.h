// StoreBoard: what the store's thread and its users share. Users only hold its lock for as long as it takes to copy a
// pointer, so neither ever waits for the other.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/fd.h"
#include "drivers/xen/store.h"

namespace virtscope::xen {

class StoreBoard {
public:
    StoreBoard();

    // For users.
    void follow(std::span<const DomainKey> domains);
    std::shared_ptr<const StoreState> state() const;
    // Asks the thread to end.
    void end();

    // For the thread.
    bool is_ending() const { return ending_; }
    int ending_descriptor() const { return ending_bell_.get(); }  // readable from then on
    // What is to be followed, if it changed since the last call.
    std::optional<std::vector<DomainKey>> take_wanted();
    void publish(std::vector<DomainFacts> domains, std::string trouble);
    void publish(std::string trouble);  // the domains as they are
    // Sleeps until a user wants something, `descriptor` (-1: none) is readable or `time` is over; true: a user.
    bool wait(int descriptor, std::chrono::nanoseconds time) const;

private:
    const Fd bell_;
    const Fd ending_bell_;
    std::atomic<bool> ending_{false};
    mutable std::mutex mutex_;
    bool changed_ = false;
    std::vector<DomainKey> wanted_;
    std::shared_ptr<const StoreState> state_ = std::make_shared<StoreState>();
};

}  // namespace virtscope::xen

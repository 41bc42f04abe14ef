// Task: one order on its way through libvirt, shared by the thread that calls and the one that waits.
#pragma once

#include <array>
#include <condition_variable>
#include <map>
#include <mutex>
#include <optional>

#include "drivers/lifecycle.h"

namespace virtscope::libvirt {

class Task {
public:
    explicit Task(Order order) : order_(std::move(order)) {}
    Task(const Task&) = delete;
    Task& operator=(const Task&) = delete;

    const Order& order() const { return order_; }

    // Right before the call that changes something. False: nobody waits any more, so nothing may be done.
    bool begin();
    // The hypervisor is at it: from now on it is waited for until it ends. Bytes; 0 of 0: not known.
    void under_way(std::uint64_t done, std::uint64_t total);
    void finish(Result<Answer> answer);

    // What finish() was told; or a timeout, when by the order's deadline the hypervisor has not accepted. Once.
    Result<Answer> wait(Progress& progress);

private:
    Result<Answer> give_up();

    const Order order_;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::optional<Result<Answer>> answer_;
    std::uint64_t done_ = 0, total_ = 0;
    bool begun_ = false;
    bool accepted_ = false;
    bool given_up_ = false;
};

// Who may have a thread: orders, destroy and looks have eight each, a guest one of each and two looks.
class Lanes {
public:
    // Errors: busy.
    Result<> enter(const Order& order);
    void leave(const Order& order);

private:
    struct Lane {
        unsigned threads = 0;
        std::map<Uuid, unsigned> guests;
    };
    static std::size_t lane_of(Verb verb);

    std::mutex mutex_;
    std::array<Lane, 3> lanes_;
};

}  // namespace virtscope::libvirt

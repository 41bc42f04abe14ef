// Waiter: sleeps until a ring's writer publishes.
//
// The kernel is given the address of the header page's `published` word in a read-only mapping, and nobody
// ever reads through that mapping: a file that is cut short makes the call fail, and is no SIGBUS.
#pragma once

#include <chrono>
#include <cstdint>
#include <utility>

namespace virtscope::ring {

class Waiter {
public:
    Waiter() = default;
    Waiter(Waiter&& other) noexcept : at_(std::exchange(other.at_, nullptr)) {}
    Waiter& operator=(Waiter&& other) noexcept {
        std::swap(at_, other.at_);
        return *this;
    }
    ~Waiter();

    // Returns when `published` is no more what it was, or after `timeout`; perhaps sooner.
    void wait(int fd, std::uint64_t published, std::chrono::nanoseconds timeout);

private:
    void* at_ = nullptr;
};

}  // namespace virtscope::ring

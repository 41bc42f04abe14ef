// Delivery: samples to the receiver in batches, in order, each until it was taken or refused.
//
// It blocks while the receiver is away: what comes after waits in the ring, not in memory.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

#include "exporters/base/trouble.h"
#include "exporters/remote_write/verdict.h"
#include "exporters/remote_write/wire.h"

namespace virtscope::exporters::remote_write {

inline constexpr std::size_t largest_batch = 1 << 20;  // bytes, before they are packed

// The world outside, which tests replace.
struct Outside {
    std::function<Answer(const std::string& packed)> post;
    std::function<bool(std::chrono::nanoseconds)> wait;  // false: told to stop
    std::function<bool()> must_end;                      // told to stop, and its grace is over
};

struct Counts {
    std::uint64_t samples = 0;   // accepted
    std::uint64_t dropped = 0;   // samples that were refused
    std::uint64_t failures = 0;  // requests that have to be made again
    std::uint64_t requests = 0;  // accepted
    std::uint64_t bytes = 0;     // of them, packed
};

class Delivery {
public:
    Delivery(Outside outside, std::size_t batch_samples)
        : outside_(std::move(outside)), batch_samples_(batch_samples) {}

    void begin(std::int64_t realtime);  // ns, of the samples to come
    void add(std::span<const std::string_view> labels, std::uint64_t bits);
    // Sends the rest. Whether all since begin() was taken or refused; false: told to stop before, or barred.
    bool end();

    const Counts& counts() const { return counts_; }
    // The receiver cannot be asked at all, and never could: why. Empty otherwise.
    const std::string& barred() const { return barred_; }

private:
    void send();
    bool try_once();

    Outside outside_;
    std::size_t batch_samples_;
    std::int64_t milliseconds_ = 0;
    Request request_;
    std::string packed_;
    bool ended_ = false;
    bool all_taken_ = true;  // since begin()
    std::string barred_;
    Counts counts_;
    Backoff backoff_;
    Trouble away_, refused_;
};

}  // namespace virtscope::exporters::remote_write

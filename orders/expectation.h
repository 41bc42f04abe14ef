// The second phase of an order: whether the guest has done it, as the ring shows.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/ring/reader.h"
#include "drivers/lifecycle.h"

namespace virtscope {

// What is to be seen of a guest.
struct Expectation {
    enum class Of { running, paused, off, present, gone, memory, vcpus };
    Of what = Of::off;
    std::uint64_t amount = 0;      // memory: bytes; vcpus: how many
    std::uint64_t generation = 0;  // off: of the run that is to end; 0: not known
    std::int64_t after = 0;        // monotonic ns: frames taken before do not count
};

// Of an accepted order. None: nothing of it can be seen in the ring (reboot, media, autostart, …).
std::optional<Expectation> expected_of(const Order& order);
const char* expectation_name(Expectation::Of what);  // "off"

bool is_met(const Frame& frame, const Uuid& guest, const Expectation& expectation);

// True once a frame shows it, false when `limit` has passed. Errors: of RingReader.
Result<bool> watch(RingReader& reader, const Uuid& guest, const Expectation& expectation,
                   std::chrono::nanoseconds limit);

}  // namespace virtscope

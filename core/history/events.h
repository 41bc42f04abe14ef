// What happened, with its time.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "core/result.h"
#include "core/ring/reader.h"

namespace virtscope {

struct EventAt {
    std::int64_t realtime = 0;  // ns since the epoch, of the frame that tells it
    std::uint64_t sequence = 0;
    Event event;
};

// Events of a range, oldest first, until `visit` returns false; with a guest, those about it (they may
// be in frames in which it is not: it has just stopped). Returns how many frames could not be read.
// Errors: those of RingReader.
Result<std::uint64_t> read_events(RingReader& reader, const TimeRange& range, std::optional<Uuid> guest,
                                  const std::function<bool(const EventAt&)>& visit);

// The events of one frame, likewise; false if `visit` returned false.
bool events_of(const Frame& frame, std::optional<Uuid> guest, const std::function<bool(const EventAt&)>& visit);

}  // namespace virtscope

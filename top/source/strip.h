// Strip: the readings of one guest or of the host over a stretch of a ring, as long as somebody asked for. It grows
// with the ring: what it has read once is not read again.
#pragma once

#include <deque>

#include "core/ring/reader.h"
#include "top/source/readings.h"

namespace virtscope::top {

class Strip {
public:
    explicit Strip(std::optional<Uuid> guest) : guest_(guest), meter_(guest) {}

    const std::optional<Uuid>& guest() const { return guest_; }

    // Reads what is missing of the span that ends at that frame.
    Result<> cover(RingReader& reader, const Frame& shown, std::int64_t span);

    // The curves of that span, which must be covered. On a grid: the steps of the next moment are the same ones.
    Curves curves(const Frame& shown, std::int64_t span, std::size_t steps) const;

private:
    bool leads_on(const Frame& shown, std::int64_t begin) const;
    void forget();
    Result<> read(RingReader& reader, const Frame& shown, std::int64_t from);

    std::optional<Uuid> guest_;
    Meter meter_;
    std::deque<Reading> readings_;
    std::int64_t from_ = 0;       // realtime from which on there is all
    std::uint64_t sequence_ = 0;  // of the frame up to which there is all; 0: nothing was read
    std::int64_t to_ = 0;         // and its realtime
};

}  // namespace virtscope::top

// EventIndex: the events of a ring, as far back as it has come: some thousand frames a call, so that no redraw waits
// for a long ring to be read. What it has read it does not read again.
#pragma once

#include <deque>

#include "core/history/events.h"

namespace virtscope::top {

class EventIndex {
public:
    // Brings in what was published since, and another piece of what was before. `tick`: about the time between frames.
    // Errors: those of RingReader.
    Result<> extend(RingReader& reader, const RingExtent& extent, std::int64_t tick);

    const std::deque<EventAt>& events() const { return events_; }  // oldest first
    bool has_all() const { return has_all_; }

private:
    Result<> onward(RingReader& reader, const RingExtent& extent);
    Result<> backward(RingReader& reader, const RingExtent& extent, std::int64_t tick);
    void trim(const RingExtent& extent);

    std::deque<EventAt> events_;
    std::uint64_t first_ = 0, last_ = 0;  // frames between which all events are known; 0: none is
    std::int64_t from_ = 0, to_ = 0;      // and their realtimes
    bool has_all_ = false;
    bool is_full_ = false;
};

// The frame nearest to `from`, before or after it, in which something happened; null if there is none. `with_from`:
// it may be that one itself. Errors: those of RingReader.
Result<FramePtr> eventful_before(RingReader& reader, const Frame& from, bool with_from);
Result<FramePtr> eventful_after(RingReader& reader, const Frame& from);

}  // namespace virtscope::top

#include "top/source/event_index.h"

#include <algorithm>

namespace virtscope::top {
namespace {

constexpr std::int64_t frames_at_once = 4000;  // some 10 ms
constexpr std::size_t most_events = 20'000;    // some MiB

Selection of(std::int64_t from, std::int64_t to) {
    return {.range = {.from = from, .to = to}, .guest = std::nullopt, .host_only = true};
}

Result<FramePtr> frame_numbered(RingReader& reader, std::uint64_t sequence) {
    if (sequence == 0) return FramePtr();
    const auto batch = reader.since(sequence - 1, 1);
    if (!batch) return std::unexpected(batch.error());
    return batch->frames.empty() ? FramePtr() : batch->frames.front();
}

std::int64_t tick_of(const Frame& frame) {
    constexpr std::uint64_t hour = 3'600'000'000'000;
    const std::uint64_t tick = frame.get(0, AgentMetric::tick_interval).value_or(0);
    return static_cast<std::int64_t>(std::clamp<std::uint64_t>(tick, 1'000'000, hour));
}

}  // namespace

Result<> EventIndex::extend(RingReader& reader, const RingExtent& extent, std::int64_t tick) {
    // Numbers that begin anew: another ring.
    if (extent.last < last_) *this = {};
    if (last_ == 0) {
        first_ = extent.last + 1;
        last_ = extent.last;
        from_ = to_ = extent.to;
    }
    if (auto read = onward(reader, extent); !read) return read;
    if (!has_all_ && !is_full_) {
        if (auto read = backward(reader, extent, tick); !read) return read;
    }
    trim(extent);
    return {};
}

Result<> EventIndex::onward(RingReader& reader, const RingExtent& extent) {
    if (extent.last == last_) return {};
    const auto keep = [this](const EventAt& event) {
        events_.push_back(event);
        return true;
    };
    // The clock may have been set back.
    const auto lost = reader.scan(of(std::min(to_, extent.to), std::max(to_, extent.to)), [&](const Frame& frame) {
        return frame.sequence <= last_ || events_of(frame, std::nullopt, keep);
    });
    if (!lost) return std::unexpected(lost.error());
    last_ = extent.last;
    to_ = extent.to;
    return {};
}

Result<> EventIndex::backward(RingReader& reader, const RingExtent& extent, std::int64_t tick) {
    const std::int64_t begin = from_ - std::min(frames_at_once * tick, from_ - extent.from);
    std::vector<EventAt> found;
    std::uint64_t first = first_;
    const auto lost = reader.scan(of(begin, from_), [&](const Frame& frame) {
        if (frame.sequence >= first_) return false;
        first = std::min(first, frame.sequence);
        return events_of(frame, std::nullopt, [&](const EventAt& event) {
            found.push_back(event);
            return true;
        });
    });
    if (!lost) return std::unexpected(lost.error());
    events_.insert(events_.begin(), found.begin(), found.end());
    first_ = first;
    from_ = begin;
    has_all_ = begin <= extent.from;
    return {};
}

void EventIndex::trim(const RingExtent& extent) {
    while (!events_.empty() && events_.front().sequence < extent.first) events_.pop_front();
    if (events_.size() <= most_events) return;
    is_full_ = true;
    events_.erase(events_.begin(), events_.end() - static_cast<std::ptrdiff_t>(most_events));
}

// Stretches that grow, for a ring is read onwards only.
Result<FramePtr> eventful_before(RingReader& reader, const Frame& from, bool with_from) {
    const auto extent = reader.extent();
    if (!extent) return std::unexpected(extent.error());
    const std::uint64_t end = from.sequence + (with_from ? 1 : 0);
    std::int64_t to = from.realtime;
    for (std::int64_t frames = 256; to >= extent->from; frames *= 4) {
        const std::int64_t begin = to - frames * tick_of(from);
        std::uint64_t found = 0;
        const auto lost = reader.scan(of(begin, to), [&](const Frame& frame) {
            if (frame.sequence >= end) return false;
            if (!frame.events.empty()) found = frame.sequence;
            return true;
        });
        if (!lost) return std::unexpected(lost.error());
        if (found != 0) return frame_numbered(reader, found);
        to = begin - 1;
    }
    return FramePtr();
}

Result<FramePtr> eventful_after(RingReader& reader, const Frame& from) {
    std::uint64_t found = 0;
    const auto lost = reader.scan(of(from.realtime, TimeRange{}.to), [&](const Frame& frame) {
        if (frame.sequence > from.sequence && !frame.events.empty()) found = frame.sequence;
        return found == 0;
    });
    if (!lost) return std::unexpected(lost.error());
    return frame_numbered(reader, found);
}

}  // namespace virtscope::top

#include "top/source/ring_past.h"

#include <algorithm>
#include <ranges>

namespace virtscope::top {
namespace {

constexpr std::size_t most_strips = 4;  // the host, a guest, and those somebody goes to and fro between
constexpr std::int64_t usual_tick = 1'000'000'000;
constexpr std::int64_t longest_tick = 3600 * usual_tick;

std::int64_t tick_of(const Frame& frame) {
    const std::uint64_t tick = frame.get(0, AgentMetric::tick_interval).value_or(usual_tick);
    return static_cast<std::int64_t>(std::clamp<std::uint64_t>(tick, 1'000'000, longest_tick));
}

}  // namespace

Result<RingReader*> RingPast::reader() {
    if (!reader_) {
        auto opened = RingReader::open(path_);
        if (!opened) return std::unexpected(opened.error());
        reader_.emplace(std::move(*opened));
    }
    return &*reader_;
}

RingPast::Kept& RingPast::kept(const std::optional<Uuid>& guest) {
    const auto found = std::ranges::find_if(kept_, [&](const Kept& kept) { return kept.strip.guest() == guest; });
    if (found != kept_.end()) {
        kept_.splice(kept_.begin(), kept_, found);
    } else {
        kept_.push_front({.strip = Strip(guest)});
        if (kept_.size() > most_strips) kept_.pop_back();
    }
    return kept_.front();
}

Result<Curves> RingPast::curves(const Frame& shown, const CurvesWanted& wanted) {
    const auto source = reader();
    if (!source) return std::unexpected(source.error());
    Kept& asked = kept(wanted.guest);
    if (asked.sequence == shown.sequence && asked.realtime == shown.realtime && asked.wanted == wanted) {
        return asked.curves;
    }
    if (auto read = asked.strip.cover(**source, shown, wanted.span.count()); !read) {
        return std::unexpected(read.error());
    }
    asked.curves = asked.strip.curves(shown, wanted.span.count(), wanted.steps);
    asked.wanted = wanted;
    asked.sequence = shown.sequence;
    asked.realtime = shown.realtime;
    return asked.curves;
}

Result<RingExtent> RingPast::extend_events(const Frame& shown) {
    const auto source = reader();
    if (!source) return std::unexpected(source.error());
    auto extent = (*source)->extent();
    if (!extent) return extent;
    if (auto read = index_.extend(**source, *extent, tick_of(shown)); !read) return std::unexpected(read.error());
    return extent;
}

Result<std::vector<EventAt>> RingPast::events(const Frame& shown, Uuid guest, std::size_t most) {
    if (const auto extent = extend_events(shown); !extent) return std::unexpected(extent.error());
    std::vector<EventAt> found;
    for (const EventAt& happened : index_.events() | std::views::reverse) {
        if (happened.sequence > shown.sequence || happened.event.guest != guest) continue;
        if (found.size() == most) break;
        found.push_back(happened);
    }
    std::ranges::reverse(found);
    return found;
}

Result<TimeLine> RingPast::time_line(const Frame& shown) {
    const auto extent = extend_events(shown);
    if (!extent) return std::unexpected(extent.error());
    TimeLine line{.oldest = extent->from,
                  .newest = extent->to,
                  .shown = shown.realtime,
                  .marks = {},
                  .has_all_marks = index_.has_all()};
    line.marks.reserve(index_.events().size());
    for (const EventAt& happened : index_.events()) line.marks.push_back({happened.realtime, happened.event.kind});
    return line;
}

}  // namespace virtscope::top

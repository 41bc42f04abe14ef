#include "plugins/look/snapshot.h"

#include <utility>

#include "core/text.h"

namespace virtscope::checks {
namespace {

constexpr std::string_view look = "is virtscoped running? See systemctl status virtscoped";

std::string complaint_about(const Snapshot& snapshot) {
    if (snapshot.live) return {};
    if (!snapshot.age) return fmt::format("the newest data is from the future: a clock was set back? {}", look);
    const auto interval = snapshot.frame->get(0, AgentMetric::tick_interval);
    if (!interval) return fmt::format("the newest data does not say how often it is taken: {}", look);
    return fmt::format("the newest data is {} old, with a sample each {}: {}", human_duration(snapshot.age->count()),
                       human_duration(static_cast<std::int64_t>(*interval)), look);
}

}  // namespace

Result<Snapshot> Snapshot::take(const std::string& path, const ReadNow& read_now) {
    auto ring = RingReader::open(path);
    if (!ring) return std::unexpected(ring.error());
    auto frame = ring->newest();
    if (!frame) return std::unexpected(frame.error());
    // The clocks after the frame: one published in between would seem to be from the future.
    const Now now = read_now();
    Snapshot snapshot{.ring = std::move(*ring), .frame = *frame, .age = age_of(**frame, now), .live = false, .complaint = {},
                      .window = {}, .events = {}};
    snapshot.live = is_live(**frame, now);
    snapshot.complaint = complaint_about(snapshot);
    return snapshot;
}

Result<const RecentEvents*> recent_events(Snapshot& snapshot, std::chrono::nanoseconds back) {
    if (snapshot.events && snapshot.events->back == back) return &*snapshot.events;
    RecentEvents recent{.back = back, .events = {}, .lost = 0, .whole = false};
    const std::int64_t from = snapshot.frame->realtime - back.count();
    const auto extent = snapshot.ring.extent();
    if (!extent) return std::unexpected(extent.error());
    recent.whole = extent->from <= from;
    const auto lost = read_events(snapshot.ring, {.from = from}, std::nullopt, [&](const EventAt& event) {
        if (event.sequence <= snapshot.frame->sequence) recent.events.push_back(event);
        return true;
    });
    if (!lost) return std::unexpected(lost.error());
    recent.lost = *lost;
    return &snapshot.events.emplace(std::move(recent));
}

}  // namespace virtscope::checks

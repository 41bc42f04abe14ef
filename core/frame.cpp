#include "core/frame.h"

#include <utility>

namespace virtscope {

std::string_view quality_name(Quality quality) {
    static constexpr std::array<std::string_view, quality_count> names{"fresh", "stale", "denied", "unsupported"};
    return names.at(static_cast<std::size_t>(quality));
}

std::string_view event_name(EventKind kind) {
    static constexpr std::array<std::string_view, event_kind_count> names{
        "agent-started", "guest-started",  "guest-stopped", "guest-renamed", "guest-state",   "device-added",
        "device-removed", "monitor-lost", "monitor-back",  "ticks-skipped", "clock-stepped", "command",
        "ring-in-memory", "ring-on-disk", "ring-notice"};
    return names.at(static_cast<std::size_t>(kind));
}

void Table::reset(std::size_t rows, std::size_t columns, std::int64_t time) {
    columns_ = columns;
    rows_.assign(rows, Row{.time = time});
    cells_.resize(rows * columns);
}

void Frame::reset(RosterPtr who) {
    roster = std::move(who);
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        table(scope).reset(roster->rows(scope), metrics(scope).size(), monotonic);
    }
    events.clear();
}

}  // namespace virtscope

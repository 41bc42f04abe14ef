#include "drivers/agent_book.h"

#include <algorithm>

namespace virtscope {
namespace {

using Clock = GuestAgents::Clock;

std::uint64_t age(Clock::time_point since) {
    const auto whole = std::chrono::duration_cast<std::chrono::seconds>(Clock::now() - since);
    return static_cast<std::uint64_t>(std::chrono::nanoseconds(whole).count());
}

bool is_listed(const GuestFilesystems& filesystems, const Place& place) {
    return std::ranges::equal(filesystems, place.filesystems, [](const GuestFilesystem& told, const FilesystemPlace& row) {
        return told.mountpoint == row.name && told.source == row.source;
    });
}

void list(const GuestFilesystems& filesystems, Place& place) {
    place.filesystems.clear();
    for (const GuestFilesystem& each : filesystems) place.filesystems.push_back({each.mountpoint, each.source});
}

// Rows of an agent that fell silent stay, without values.
Quality quality_of(const AgentState& state) {
    if (state.told) return Quality::fresh;
    return state.answers == true ? Quality::unsupported : Quality::stale;
}

}  // namespace

bool AgentBook::update(std::span<Place> places, const Guide& guide) {
    bool changed = false;
    std::map<Run, Known> kept;
    for (std::size_t i = 0; i < places.size(); ++i) {
        Place& place = places[i];
        if (place.generation == 0) continue;
        const Run run{place.uuid, place.generation};
        Known& known = kept[run];
        if (const auto before = known_.find(run); before != known_.end()) known = std::move(before->second);
        if (!known.sought) {
            auto way = guide.way(i);
            known.sought = way.has_value();
            if (way && *way) known.agent = agents_.watch(std::move(*way));
        }
        if (known.agent == nullptr) continue;
        known.state = agents_.look(known.agent, guide.runs(i));
        if (is_listed(known.state->filesystems, place)) continue;
        list(known.state->filesystems, place);
        changed = true;
    }
    known_ = std::move(kept);
    return changed;
}

void AgentBook::report(const Slot& slot, Frame& frame) const {
    const auto known = known_.find({slot.place->uuid, slot.place->generation});
    if (known == known_.end() || known->second.state == nullptr) return;
    const AgentState& state = *known->second.state;
    const bool overdue = state.answers == true && Clock::now() - *state.answered > overdue_;
    const bool values_known = state.told && !overdue;
    if (state.answers && !overdue) frame.set(slot.guest, GuestMetric::guest_agent, *state.answers ? 1 : 0);
    if (state.answered) frame.set(slot.guest, GuestMetric::guest_agent_age, age(*state.answered));
    if (!slot.own_filesystems) return;
    if (values_known) frame.set(slot.guest, GuestMetric::filesystems_age, age(*state.told));
    const std::size_t rows = std::min(state.filesystems.size(), slot.place->filesystems.size());
    for (std::size_t i = 0; i < rows; ++i) {
        const std::size_t row = slot.first_filesystem + i;
        frame.table(Scope::Filesystem).row(row).quality = overdue ? Quality::stale : quality_of(state);
        if (!values_known) continue;
        const GuestFilesystem& filesystem = state.filesystems[i];
        if (filesystem.total_bytes) frame.set(row, FilesystemMetric::total_bytes, *filesystem.total_bytes);
        if (filesystem.used_bytes) frame.set(row, FilesystemMetric::used_bytes, *filesystem.used_bytes);
    }
}

}  // namespace virtscope

// What the guest agent of a simulated guest tells: how full its filesystems are.
#include <algorithm>

#include "drivers/simulated/clock.h"
#include "drivers/simulated/counters.h"

namespace virtscope::simulated {
namespace {

constexpr std::int64_t asked_every = 60 * second;
constexpr std::int64_t cleared_every = 12 * hour;

std::uint64_t used(const SimFilesystem& filesystem, std::int64_t time) {
    const double grown = static_cast<double>(time % cleared_every) / static_cast<double>(cleared_every);
    const double share = filesystem.least + (filesystem.most - filesystem.least) * grown;
    return static_cast<std::uint64_t>(static_cast<double>(filesystem.total) * share) >> 12 << 12;
}

}  // namespace

void fill_guest_agent(Frame& frame, const Slot& slot, const SimGuest& guest, const Moment& now) {
    if (guest.agent == Agent::none) return;
    // Whoever is silent answered once, when it started.
    const bool answers = guest.agent == Agent::answers && !guest.hung && guest.paused_at == 0;
    const std::int64_t asked = answers ? now.time / asked_every * asked_every : guest.life.start;
    const auto age = static_cast<std::uint64_t>(std::max<std::int64_t>(now.time - asked, 0) / second * second);
    frame.set(slot.guest, GuestMetric::guest_agent, answers ? 1 : 0);
    frame.set(slot.guest, GuestMetric::guest_agent_age, age);
    if (!slot.own_filesystems) return;
    frame.set(slot.guest, GuestMetric::filesystems_age, age);
    for (std::size_t i = 0; i < guest.filesystems.size(); ++i) {
        const SimFilesystem& filesystem = guest.filesystems[i];
        frame.set(slot.first_filesystem + i, FilesystemMetric::total_bytes, filesystem.total);
        frame.set(slot.first_filesystem + i, FilesystemMetric::used_bytes, used(filesystem, asked));
    }
}

}  // namespace virtscope::simulated

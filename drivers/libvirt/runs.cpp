#include "drivers/libvirt/runs.h"

#include <unistd.h>
#include <algorithm>
#include <ctime>

#include <fmt/format.h>

namespace virtscope::libvirt {

std::uint64_t ticks_since_boot() {
    timespec now{};
    (void)::clock_gettime(CLOCK_BOOTTIME, &now);  // fails for no clock that exists
    const auto hertz = static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
    return static_cast<std::uint64_t>(now.tv_sec) * hertz +
           static_cast<std::uint64_t>(now.tv_nsec) * hertz / 1'000'000'000;
}

// The stop of a run whose start was not heard stands for that run: it began before, so rosters tell of it, and its
// process is not to be taken for the next one's.
void Runs::end_last(const Happening& stop) {
    auto& runs = runs_[stop.guest];
    if (runs.empty() || runs.back().end) {
        runs.push_back({stop, stop.when, true});
        return;
    }
    runs.back().end = stop.when;
    ended_[stop.guest] = {runs.back().start.generation, stop.when};
}

void Runs::take(const std::vector<Happening>& happened) {
    for (const Happening& event : happened) {
        if (event.what == Happened::lost) {
            // Ends may have been missed, and a daemon that begins anew may give numbers again.
            for (auto& [guest, runs] : runs_) std::erase_if(runs, [](const Run& run) { return !run.end; });
            ended_.clear();
        } else if (event.what == Happened::stopped) {
            end_last(event);
        } else if (event.what == Happened::started) {
            auto& runs = runs_[event.guest];
            if (!runs.empty() && !runs.back().end) end_last(event);  // its stop was not heard
            runs.push_back({event, std::nullopt, false});
        }
    }
}

bool Runs::is_over(const Uuid& guest, std::uint64_t generation) const {
    const auto ended = ended_.find(guest);
    return ended != ended_.end() && generation <= ended->second.generation;
}

void Runs::show(const Uuid& guest, std::uint64_t generation) {
    const auto found = runs_.find(guest);
    if (found == runs_.end()) return;
    for (Run& run : found->second) run.shown = run.shown || run.start.generation == generation;
}

void Runs::show_process(const Uuid& guest, std::uint64_t start_ticks) {
    const auto found = runs_.find(guest);
    if (found == runs_.end()) return;
    // libvirt tells of a start when the process is there.
    const auto run = std::ranges::find_if(found->second, [&](const Run& r) { return r.start.ticks >= start_ticks; });
    if (run != found->second.end()) run->shown = true;
}

void Runs::settle(std::vector<Event>& events) {
    constexpr std::chrono::seconds listings_are_younger{60};
    const auto now = Clock::now();
    for (auto& [guest, runs] : runs_) {
        for (const Run& run : runs) {
            if (!run.end || run.shown) continue;
            const std::chrono::duration<double> lasted = *run.end - run.start.when;
            events.push_back({EventKind::guest_started, guest, run.start.name, {}});
            events.push_back(
                {EventKind::guest_stopped, guest, run.start.name, fmt::format("ran for {:.1f} s", lasted.count())});
        }
        std::erase_if(runs, [](const Run& run) { return run.end.has_value(); });
    }
    std::erase_if(runs_, [](const auto& entry) { return entry.second.empty(); });
    std::erase_if(ended_, [&](const auto& entry) { return now - entry.second.when > listings_are_younger; });
}

}  // namespace virtscope::libvirt

#include "core/freshness.h"

#include <fstream>

#include "core/clock.h"

namespace virtscope {
namespace {

using std::chrono::nanoseconds;

// Clocks of two CPUs and of two processes may differ by a little.
constexpr nanoseconds tolerated_future = std::chrono::milliseconds(50);
constexpr std::uint64_t longest_interval = 3'600'000'000'000;  // as agent/config.h allows

}  // namespace

Now read_now() {
    Now now{.realtime = clock_ns(CLOCK_REALTIME), .monotonic = clock_ns(CLOCK_MONOTONIC), .boot_id = {}};
    std::ifstream boot_id("/proc/sys/kernel/random/boot_id");
    std::getline(boot_id, now.boot_id);
    return now;
}

std::optional<nanoseconds> age_of(const Frame& frame, const Now& now) {
    const bool same_boot = !now.boot_id.empty() && frame.roster->host.boot_id == now.boot_id;
    const nanoseconds age(same_boot ? now.monotonic - frame.monotonic : now.realtime - frame.realtime);
    if (age < -tolerated_future) return std::nullopt;
    return std::max(age, nanoseconds::zero());
}

bool is_live(const Frame& frame, const Now& now) {
    const auto age = age_of(frame, now);
    const auto interval = frame.get(0, AgentMetric::tick_interval);
    if (!age || !interval || *interval > longest_interval) return false;
    return *age <= nanoseconds(2 * *interval) + std::chrono::seconds(1);
}

}  // namespace virtscope

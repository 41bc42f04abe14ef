#include "drivers/simulated/life.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "drivers/simulated/clock.h"
#include "drivers/simulated/hash.h"

namespace virtscope::simulated {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t longest_uptime_days = 60;
constexpr std::int64_t pause_after = 3 * hour;
constexpr std::int64_t healthy_part_of_hour = hour - 120 * second;
constexpr std::uint64_t fewest_for_habits = 8;

// Spreads neighbours apart in time: a permutation of 0 … count-1.
std::uint64_t turn_of(std::uint64_t index, std::uint64_t count) {
    std::uint64_t stride = 7919;
    while (std::gcd(stride, count) != 1) ++stride;
    return index * stride % count;
}

}  // namespace

Lives::Lives(const Options& options, std::int64_t opened)
    : seed_(options.seed), first_(options.hung), guests_(options.guests - options.hung), today_(opened / day * day) {
    if (options.churn == 0 || guests_ == 0) return;
    period_ = 60 * second * static_cast<std::int64_t>(guests_) / static_cast<std::int64_t>(options.churn);
}

std::int64_t Lives::settled_start(std::uint64_t guest) const {
    const std::uint64_t random = mix(seed_ + guest, 0x7374617274);
    const auto days = static_cast<std::int64_t>(1 + random % longest_uptime_days);
    return today_ - days * day + static_cast<std::int64_t>((random >> 20) % 72'000) * second;
}

Life Lives::at(std::uint64_t guest, std::int64_t time) const {
    if (period_ == 0 || guest < first_) return {.start = settled_start(guest), .until = never};
    const std::uint64_t index = guest - first_;
    const std::int64_t shift = period_ / static_cast<std::int64_t>(guests_) *
                               static_cast<std::int64_t>(turn_of(index, guests_));
    const std::int64_t turn = (time + shift) / period_;
    const std::int64_t step = (turn + static_cast<std::int64_t>(index)) % 3;
    const std::int64_t event = turn * period_ - shift;
    const std::int64_t stopped = event - step * period_;
    const auto wanted = static_cast<std::int64_t>(5 + mix(seed_ + guest, 0x646f776e) % 20) * second;
    Life life{.start = stopped + std::min(period_ / 2, wanted), .until = event + period_};
    life.up = time >= life.start;
    if (!life.up) life.until = life.start;
    if (step == 1) life.plugged = event;
    return life;
}

Habit habit_of(std::uint64_t guest, std::uint64_t guests) {
    if (guests < fewest_for_habits) return Habit::steady;
    switch (guest % 32) {
        case 7: return Habit::paused;
        case 15: return Habit::stumbling;
        case 23: return Habit::suspended;
        default: return Habit::steady;
    }
}

GuestState state_at(Habit habit, std::int64_t start, std::int64_t time) {
    switch (habit) {
        case Habit::paused: return time < start + pause_after ? GuestState::running : GuestState::paused;
        case Habit::suspended: return time < start + pause_after ? GuestState::running : GuestState::suspended;
        case Habit::stumbling: return time % hour < healthy_part_of_hour ? GuestState::running : GuestState::paused_io;
        case Habit::steady: break;
    }
    return GuestState::running;
}

std::int64_t lived(Habit habit, std::int64_t start, std::int64_t time) {
    switch (habit) {
        case Habit::paused:
        case Habit::suspended: return std::min(time, start + pause_after);
        case Habit::stumbling: return time / hour * healthy_part_of_hour + std::min(time % hour, healthy_part_of_hour);
        case Habit::steady: break;
    }
    return time;
}

}  // namespace virtscope::simulated

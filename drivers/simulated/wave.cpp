#include "drivers/simulated/wave.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numbers>

#include "drivers/simulated/clock.h"
#include "drivers/simulated/hash.h"

namespace virtscope::simulated {
namespace {

constexpr std::size_t minutes_a_day = 1440;
constexpr std::size_t noise_slots = 16384;  // 9.1 hours of two seconds
constexpr std::uint64_t burst_one_in = 48;  // slots in which a burst begins

std::uint16_t level_of(double share) { return static_cast<std::uint16_t>(std::clamp(share, 0.0, 1.0) * 1024); }

// A hill around `peak` (hour of the day), `sharpness` >= 1 makes it narrow, on a floor.
double hill(double hour_of_day, double peak, double sharpness, double floor) {
    const double turn = 2 * std::numbers::pi * (hour_of_day - peak) / 24;
    return floor + (1 - floor) * std::pow((1 + std::cos(turn)) / 2, sharpness);
}

Wave daily(const std::function<double(double)>& shape) {
    std::vector<std::uint16_t> levels(minutes_a_day);
    for (std::size_t minute = 0; minute < minutes_a_day; ++minute) {
        levels[minute] = level_of(shape(static_cast<double>(minute) / 60));
    }
    return {levels, 60 * second};
}

double office_hours(double hour_of_day) { return hill(hour_of_day, 13, 2, 0.1); }

// A wandering level that is pulled back to a low mean, and now and then a burst of 10 to 60 seconds.
Wave make_noise(std::uint64_t seed) {
    std::vector<std::uint16_t> levels(noise_slots);
    double wander = 0.2;
    std::uint64_t burst_left = 0;
    for (std::size_t i = 0; i < noise_slots; ++i) {
        const std::uint64_t random = mix(seed, i);
        wander += (0.2 - wander) * 0.1 + (static_cast<double>(random % 1000) / 1000 - 0.5) * 0.12;
        if (burst_left == 0 && (random >> 32) % burst_one_in == 0) {
            burst_left = 5 + (random >> 40) % 25;
        }
        const double burst = burst_left > 0 ? 0.65 : 0;
        burst_left -= burst_left > 0 ? 1 : 0;
        levels[i] = level_of(std::max(wander, 0.01) + burst);
    }
    return {levels, 2 * second};
}

}  // namespace

Wave::Wave(const std::vector<std::uint16_t>& levels, std::int64_t slot)
    : slot_(slot), count_(static_cast<std::int64_t>(levels.size())) {
    slots_.reserve(levels.size());
    for (const std::uint16_t level : levels) {
        slots_.push_back({whole_, level});
        whole_ += level * slot_ / 1024;
    }
}

Waves make_waves(std::uint64_t seed) {
    return {.office = daily(office_hours),
            .evening = daily([](double at) { return hill(at, 20, 3, 0.15); }),
            .night = daily([](double at) { return hill(at, 2.5, 6, 0.05); }),
            .crowd = daily([](double at) { return (office_hours(at) - 0.6) / 0.4; }),
            .noise = make_noise(mix(seed, 0x6e6f697365))};
}

}  // namespace virtscope::simulated

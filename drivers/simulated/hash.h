// Numbers that look random and are the same every time: the source of all variety in the simulated host.
#pragma once

#include <cstdint>

namespace virtscope::simulated {

// One step of splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
constexpr std::uint64_t mix(std::uint64_t value) {
    value += 0x9e3779b97f4a7c15ULL;
    value = (value ^ value >> 30) * 0xbf58476d1ce4e5b9ULL;
    value = (value ^ value >> 27) * 0x94d049bb133111ebULL;
    return value ^ value >> 31;
}

// Independent values for different purposes of one thing.
constexpr std::uint64_t mix(std::uint64_t value, std::uint64_t purpose) { return mix(value ^ mix(purpose)); }

}  // namespace virtscope::simulated

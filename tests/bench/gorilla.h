// Gorilla's scheme (Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database", VLDB 2015,
// section 4.1), for comparison: how many bits it needs for a series of (time, value).
#pragma once

#include <cstdint>
#include <optional>

namespace virtscope::bench {

class Gorilla {
public:
    // `time` in seconds, `value` as the double it is kept as there. Starts a block anew every two hours.
    void add(std::int64_t time, double value);
    std::uint64_t bits() const { return bits_; }

private:
    void add_time(std::int64_t time);
    void add_value(std::uint64_t value);

    std::uint64_t bits_ = 0;
    bool begun_ = false;
    std::int64_t time_ = 0;
    std::int64_t delta_ = 0;
    std::uint64_t value_ = 0;
    int leading_ = -1;
    int trailing_ = 0;
};

}  // namespace virtscope::bench

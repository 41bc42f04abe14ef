#include "tests/bench/gorilla.h"

#include <algorithm>
#include <bit>

namespace virtscope::bench {

void Gorilla::add(std::int64_t time, double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    if (!begun_) {
        // Block header, first delta in 14 bits, first value whole.
        bits_ += 64 + 14 + 64;
        begun_ = true;
        time_ = time;
        delta_ = 0;
        value_ = bits;
        return;
    }
    add_time(time);
    add_value(bits);
}

void Gorilla::add_time(std::int64_t time) {
    const std::int64_t change = time - time_ - delta_;
    if (change == 0) {
        bits_ += 1;
    } else if (change >= -63 && change <= 64) {
        bits_ += 2 + 7;
    } else if (change >= -255 && change <= 256) {
        bits_ += 3 + 9;
    } else if (change >= -2047 && change <= 2048) {
        bits_ += 4 + 12;
    } else {
        bits_ += 4 + 32;
    }
    delta_ = time - time_;
    time_ = time;
}

void Gorilla::add_value(std::uint64_t value) {
    const std::uint64_t changed = value ^ value_;
    value_ = value;
    if (changed == 0) {
        bits_ += 1;
        return;
    }
    const int leading = std::min(std::countl_zero(changed), 31);
    const int trailing = std::countr_zero(changed);
    if (leading_ >= 0 && leading >= leading_ && trailing >= trailing_) {
        bits_ += 2 + static_cast<unsigned>(64 - leading_ - trailing_);
        return;
    }
    bits_ += 2 + 5 + 6 + static_cast<unsigned>(64 - leading - trailing);
    leading_ = leading;
    trailing_ = trailing;
}

}  // namespace virtscope::bench

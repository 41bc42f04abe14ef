#include "drivers/simulated/clock.h"

#include <ctime>

namespace virtscope::simulated {
namespace {

std::int64_t read(clockid_t clock) {
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::int64_t{now.tv_sec} * second + now.tv_nsec;
}

}  // namespace

Clocks kernel_clocks() {
    return {.steady = [] { return read(CLOCK_MONOTONIC); }, .realtime = [] { return read(CLOCK_REALTIME); }};
}

}  // namespace virtscope::simulated

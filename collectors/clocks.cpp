#include "collectors/clocks.h"

#include <charconv>
#include <ctime>
#include <string_view>
#include <unistd.h>

namespace virtscope {
namespace {

constexpr std::int64_t ns_per_second = 1'000'000'000;

std::optional<std::int64_t> read_clock(clockid_t clock) {
    timespec now{};
    if (::clock_gettime(clock, &now) != 0) return std::nullopt;
    return std::int64_t{now.tv_sec} * ns_per_second + now.tv_nsec;
}

}  // namespace

std::int64_t monotonic_ns() { return read_clock(CLOCK_MONOTONIC).value_or(0); }

// clock_getcpuclockid(3) makes the same number, but asks the kernel first whether the process exists.
std::optional<std::uint64_t> process_cpu_time(pid_t pid) {
    constexpr unsigned scheduler_clock = 2;
    const auto clock = static_cast<clockid_t>((~static_cast<unsigned>(pid) << 3) | scheduler_clock);
    const auto time = read_clock(clock);
    if (!time || *time < 0) return std::nullopt;
    return static_cast<std::uint64_t>(*time);
}

// /proc/self -> "8507"
bool shows_own_process_ids(const std::string& proc) {
    char target[32];
    const ssize_t length = ::readlink((proc + "/self").c_str(), target, sizeof target);
    if (length <= 0) return false;
    pid_t pid = 0;
    const auto parsed = std::from_chars(target, target + length, pid);
    return parsed.ptr == target + length && pid == ::getpid();
}

}  // namespace virtscope

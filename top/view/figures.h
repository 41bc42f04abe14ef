// Figures: the numbers the views show, worked out from two frames. All rates are a second's; all are
// absent where what they need is.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

#include "top/source/picture.h"
#include "top/view/views.h"

namespace virtscope::top {

// CPU time of the guest as a percentage of what `base` says.
std::optional<double> cpu_percent(const FramePair& pair, std::size_t guest, CpuBase base = CpuBase::host);

// Time its vCPUs waited for a CPU, as a percentage of its vCPUs' time: what `st` says in the guest's own top.
std::optional<double> steal_percent(const FramePair& pair, std::size_t guest);

// What the balloon leaves to the guest, else what it was given; bytes.
std::optional<std::uint64_t> memory_of(const Frame& frame, std::size_t guest);
std::optional<double> memory_percent(const Frame& frame, std::size_t guest);

// How long ago what only the hypervisor knows about the guest was true; in history, how long before that moment.
std::optional<std::chrono::nanoseconds> monitor_age(const Picture& picture, std::size_t guest);

// The guest's row; none: it is not in that frame.
std::optional<std::size_t> row_of(const Frame& frame, const Uuid& guest);

// Those online, else those that are known of.
std::uint64_t vcpus_of(const Frame& frame, std::size_t guest);

bool is_stale(const Frame& frame, std::size_t guest);
GuestState state_of_guest(const Frame& frame, std::size_t guest);

// Over all disks or NICs of a guest: each device's rate (increase) first, then the sum, so that a device
// that went or came does not count. Absent if no device has one.
std::optional<double> rate_sum(const FramePair& pair, std::size_t guest, DiskMetric metric);
std::optional<double> rate_sum(const FramePair& pair, std::size_t guest, NicMetric metric);
std::optional<std::uint64_t> increase_sum(const FramePair& pair, std::size_t guest, DiskMetric metric);
std::optional<std::uint64_t> increase_sum(const FramePair& pair, std::size_t guest, NicMetric metric);

// All guests together.
struct Totals {
    std::uint64_t guests = 0, active = 0, inactive = 0;
    std::uint64_t running = 0, blocked = 0, paused = 0, shutting_down = 0, shut_off = 0, crashed = 0, unknown = 0;
    std::uint64_t stale = 0;
    std::optional<double> cpu_percent;      // of all host CPUs
    std::optional<std::uint64_t> cpu_time;  // ns between the frames
    std::optional<std::uint64_t> memory;    // bytes
};
Totals totals_of(const FramePair& pair);
// Of several hosts; the percentage is left out, for hosts differ in size.
Totals sum_of(const Totals& a, const Totals& b);

}  // namespace virtscope::top

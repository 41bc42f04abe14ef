// Parsers of what the kernel tells about the host. Pure functions; a value that is not there complete
// and well-formed is none.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace virtscope {

// First line of /proc/stat, clock ticks summed over all CPUs. User and nice without the guests' time,
// which the kernel counts there and in the last two columns as well.
struct CpuTicks {
    std::optional<std::uint64_t> user, nice, system, idle, iowait, irq, steal, guest;
};
CpuTicks parse_cpu_ticks(std::string_view text);

// The next line of /proc/stat about one CPU ("cpu12 …"); it is removed with what was before it. None: there is no
// other.
struct OneCpu {
    std::uint64_t number = 0;
    CpuTicks ticks{};
};
std::optional<OneCpu> take_cpu_line(std::string_view& text);

// "0-3,8" in /sys/devices/system/cpu/online: how many these are.
std::optional<std::uint64_t> parse_cpu_list(std::string_view text);

// Bytes of one line of /proc/meminfo; `key` with its colon.
std::optional<std::uint64_t> parse_kb_line(std::string_view text, std::string_view key);

// /proc/loadavg: 1, 5 and 15 minutes, in thousandths.
std::optional<std::array<std::uint64_t, 3>> parse_load(std::string_view text);

// /proc/pressure/*: ns of stall since boot in the line that starts with `kind` ("some", "full").
std::optional<std::uint64_t> parse_pressure(std::string_view text, std::string_view kind);

// Hertz of the first CPU in /proc/cpuinfo.
std::optional<std::uint64_t> parse_cpuinfo_frequency(std::string_view text);

}  // namespace virtscope

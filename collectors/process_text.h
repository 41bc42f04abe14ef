// Parsers of what the kernel tells about one process. Pure functions; none for anything that is not
// complete and well-formed.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace virtscope {

// proc(5), /proc/PID/stat: what virtscope uses of its 52 fields.
struct ProcessStat {
    char state = '?';                  // 3
    std::uint64_t minor_faults = 0;    // 10
    std::uint64_t major_faults = 0;    // 12
    std::uint64_t user_ticks = 0;      // 14, clock ticks; guest time included
    std::uint64_t system_ticks = 0;    // 15
    std::uint64_t resident_pages = 0;  // 24; huge pages of hugetlbfs are not in it
};
std::optional<ProcessStat> parse_process_stat(std::string_view text);

// proc(5), /proc/PID/task/TID/stat: where a thread ran last, and how long in a guest's code.
struct ThreadStat {
    std::uint64_t cpu = 0;          // 39
    std::uint64_t guest_ticks = 0;  // 43, clock ticks
};
std::optional<ThreadStat> parse_thread_stat(std::string_view text);

// Bytes of huge pages the process has mapped, from /proc/PID/status. A kernel built without them does
// not mention them: then it is 0, given that the text is whole.
std::optional<std::uint64_t> parse_huge_pages(std::string_view status);

}  // namespace virtscope

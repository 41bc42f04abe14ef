// The clocks collectors read, and whether process ids mean what they seem to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

namespace virtscope {

// CLOCK_MONOTONIC in ns.
std::int64_t monotonic_ns();

// CPU time of process `pid` in ns, all threads, those that have ended too: the sum that
// /proc/PID/stat rounds to clock ticks. None if there is no such process. The number may have been
// given to another process: whoever asks must check, afterwards, that his still lives.
std::optional<std::uint64_t> process_cpu_time(pid_t pid);

// Whether `proc` is this kernel's procfs as this process sees it, so that the ids in it are ids
// for system calls; false for a captured tree or another pid namespace's procfs.
bool shows_own_process_ids(const std::string& proc);

}  // namespace virtscope

// Process: one guest's process on this host, held so that a reused process id can never be taken for it.
//
// It holds a pidfd and the /proc/PID directory: files are opened relative to that directory, and once
// the process is gone every read answers ESRCH, whoever has its number now. Kernel threads of the
// guest are Tasks: run time and run-queue wait from their schedstat (Documentation/scheduler/sched-stats:
// "time spent on the cpu" and "time spent waiting on a runqueue", both ns), kept open.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <sys/types.h>

#include "core/result.h"
#include "core/fd.h"

namespace virtscope {

struct RunTime {
    std::uint64_t run = 0;   // ns on a CPU
    std::uint64_t wait = 0;  // ns runnable without a CPU
    std::uint64_t slices = 0;  // times it was put on a CPU

    bool operator==(const RunTime&) const = default;
};

class Process {
public:
    // `proc` is the root of procfs ("/proc", or a captured tree in tests).
    // Errors: absent if there is no such process.
    static Result<Process> open(const std::string& proc, pid_t pid);

    pid_t pid() const { return pid_; }
    std::uint64_t start_ticks() const { return start_ticks_; }  // field 22 of stat: with pid, an identity
    int directory() const { return directory_.get(); }
    bool alive() const;
    // Becomes readable (poll) when the process ends; -1 in a captured tree.
    int pidfd() const { return pidfd_.get(); }

    // Whole small file below /proc/PID, at most `limit` bytes.
    Result<std::string> read(const char* file, std::size_t limit = 1 << 20) const;

    // A descriptor for repeated pread.
    Result<Fd> open_file(const char* file) const;

private:
    pid_t pid_ = 0;
    std::uint64_t start_ticks_ = 0;
    Fd directory_;
    Fd pidfd_;
};

// A kept-open task/TID/schedstat.
class TaskClock {
public:
    static Result<TaskClock> open(const Process& process, pid_t tid);
    std::optional<RunTime> read() const;

private:
    Fd schedstat_;
};

}  // namespace virtscope

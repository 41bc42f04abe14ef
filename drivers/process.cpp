#include "drivers/process.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <string>
#include <string_view>
#include <sys/syscall.h>
#include <system_error>
#include <unistd.h>

namespace virtscope {
namespace {

constexpr int start_time_field = 22;  // proc(5), "starttime"

// `1234 (name) S 1 ...`: the name may hold blanks and brackets, so fields count from the last ')'.
std::optional<std::uint64_t> start_ticks_of(std::string_view stat) {
    const std::size_t bracket = stat.rfind(')');
    if (bracket == std::string_view::npos) return std::nullopt;
    std::size_t at = bracket + 1;
    for (int field = 3; field <= start_time_field; ++field) {
        at = stat.find_first_not_of(' ', at);
        if (at == std::string_view::npos) return std::nullopt;
        const std::size_t end = std::min(stat.find(' ', at), stat.size());
        if (field == start_time_field) {
            std::uint64_t value = 0;
            const auto parsed = std::from_chars(stat.data() + at, stat.data() + end, value);
            if (parsed.ec != std::errc{}) return std::nullopt;
            return value;
        }
        at = end;
    }
    return std::nullopt;
}

Result<std::string> read_at(int directory, const char* file, std::size_t limit) {
    const Fd fd(::openat(directory, file, O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno(errno, "open {}", file);
    std::string text;
    char chunk[4096];
    while (text.size() < limit) {
        const ssize_t got = ::read(fd.get(), chunk, std::min(sizeof chunk, limit - text.size()));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "read {}", file);
        if (got == 0) break;
        text.append(chunk, static_cast<std::size_t>(got));
    }
    return text;
}

}  // namespace

Result<Process> Process::open(const std::string& proc, pid_t pid) {
    Process process;
    process.pid_ = pid;
    const std::string path = proc + "/" + std::to_string(pid);
    process.directory_ = Fd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!process.directory_) return fail_errno(errno, "open {}", path);
    // In a captured tree there is no process behind the directory: then there is no pidfd either.
    if (proc == "/proc") process.pidfd_ = Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    const auto stat = process.read("stat");
    if (!stat) return std::unexpected(stat.error());
    const auto start = start_ticks_of(*stat);
    if (!start) return fail(ErrorKind::malformed, "{}/stat: no start time in it", path);
    process.start_ticks_ = *start;
    return process;
}

bool Process::alive() const {
    char byte = 0;
    const Fd fd(::openat(directory_.get(), "stat", O_RDONLY | O_CLOEXEC));
    return fd && ::read(fd.get(), &byte, 1) == 1;
}

Result<std::string> Process::read(const char* file, std::size_t limit) const {
    return read_at(directory_.get(), file, limit);
}

Result<Fd> Process::open_file(const char* file) const {
    Fd fd(::openat(directory_.get(), file, O_RDONLY | O_CLOEXEC));
    if (!fd) return fail_errno(errno, "open /proc/{}/{}", pid_, file);
    return fd;
}

Result<TaskClock> TaskClock::open(const Process& process, pid_t tid) {
    const std::string file = "task/" + std::to_string(tid) + "/schedstat";
    auto fd = process.open_file(file.c_str());
    if (!fd) return std::unexpected(fd.error());
    TaskClock clock;
    clock.schedstat_ = std::move(*fd);
    return clock;
}

// "8714216 1093 57": ns run, ns waiting on a run queue, number of time slices.
std::optional<RunTime> TaskClock::read() const {
    char text[80];
    const ssize_t got = ::pread(schedstat_.get(), text, sizeof text, 0);
    if (got <= 0) return std::nullopt;
    RunTime time;
    const char* const end = text + got;
    const auto run = std::from_chars(text, end, time.run);
    if (run.ec != std::errc{} || run.ptr == end) return std::nullopt;
    const auto wait = std::from_chars(run.ptr + 1, end, time.wait);
    if (wait.ec != std::errc{} || wait.ptr == end) return std::nullopt;
    const auto slices = std::from_chars(wait.ptr + 1, end, time.slices);
    if (slices.ec != std::errc{}) return std::nullopt;
    return time;
}

}  // namespace virtscope

#include "drivers/qemu/definitions/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "core/fd.h"
#include "core/text.h"
#include "drivers/spawn.h"

namespace virtscope::qemu {
namespace {

using Steady = std::chrono::steady_clock;

Result<pid_t> start(const std::vector<std::string>& argv, const std::string& log) {
    const Fd told(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600));
    if (!told) return fail_errno(errno, "{}", printable(log));
    return spawn(argv.front(), argv, {"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, {.out = told.get(), .err = told.get()});
}

Result<bool> ended_well(pid_t pid, const std::string& program, Steady::time_point deadline) {
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd watched{process.get(), POLLIN, 0};
    bool ended = false;
    while (!ended && process && Steady::now() < deadline) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
        ended = ::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000))) > 0;
    }
    if (!ended) ::kill(pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    if (!ended) return fail(ErrorKind::timeout, "{} was not ready in time; it was ended", printable(program));
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Result<bool> run_program(const std::vector<std::string>& argv, const std::string& log, Steady::time_point deadline) {
    const auto pid = start(argv, log);
    if (!pid) return std::unexpected(pid.error());
    return ended_well(*pid, argv.front(), deadline);
}

}  // namespace virtscope::qemu

#include "drivers/qemu/definitions/spawn.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>

#include "core/fd.h"
#include "core/text.h"

namespace virtscope::qemu {
namespace {

using Steady = std::chrono::steady_clock;

Result<pid_t> spawn(const std::vector<std::string>& argv, const std::string& log) {
    std::vector<char*> arguments;
    arguments.reserve(argv.size() + 1);
    // exec does not write there
    for (const std::string& argument : argv) arguments.push_back(const_cast<char*>(argument.c_str()));
    arguments.push_back(nullptr);
    std::string path = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    std::array<char*, 2> environment{path.data(), nullptr};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
    ::posix_spawn_file_actions_adddup2(&files, 1, 2);
    ::posix_spawn_file_actions_addclosefrom_np(&files, 3);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes,
                               static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    pid_t pid = 0;
    const int code =
        ::posix_spawn(&pid, argv.front().c_str(), &files, &attributes, arguments.data(), environment.data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    if (code != 0) return fail_errno(code, "start {}", printable(argv.front()));
    return pid;
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
    const auto pid = spawn(argv, log);
    if (!pid) return std::unexpected(pid.error());
    return ended_well(*pid, argv.front(), deadline);
}

}  // namespace virtscope::qemu

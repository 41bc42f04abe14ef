#include "drivers/qemu/definitions/launch.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fd.h"
#include "core/text.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/definitions/argv.h"
#include "drivers/qemu/definitions/store.h"

namespace virtscope::qemu {
namespace {

using Steady = std::chrono::steady_clock;

std::string program_of(const Definition& guest) {
    if (!guest.emulator.empty()) return guest.emulator;
    return guest.arch == "i686" ? "/usr/bin/qemu-system-i386" : "/usr/bin/qemu-system-x86_64";
}

Result<> check_file(const std::string& path) {
    if (path.empty() || ::access(path.c_str(), F_OK) == 0) return {};
    return fail_errno(errno, "{}", printable(path));
}

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
    ::posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ::posix_spawn_file_actions_adddup2(&files, 1, 2);
    ::posix_spawn_file_actions_addclosefrom_np(&files, 3);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setflags(&attributes, static_cast<short>(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    pid_t pid = 0;
    const int code = ::posix_spawn(&pid, argv.front().c_str(), &files, &attributes, arguments.data(), environment.data());
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    if (code != 0) return fail_errno(code, "start {}", printable(argv.front()));
    return pid;
}

// True: it ended well. With the launcher killed, the process that would become the guest ends, too: it finds nobody to
// report to.
Result<bool> ended_well(pid_t pid, Steady::time_point deadline) {
    const Fd process(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    pollfd watched{process.get(), POLLIN, 0};
    bool ended = false;
    while (!ended && process && Steady::now() < deadline) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
        ended = ::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000))) > 0;
    }
    if (!ended) ::kill(pid, SIGKILL);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {}
    if (!ended) return fail(ErrorKind::timeout, "QEMU was not ready in time; it was ended");
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

std::string last_line(const std::string& log) {
    auto text = read_small_file(log, std::size_t{1} << 20);
    if (!text) return "QEMU does not say why";
    while (text->ends_with('\n')) text->pop_back();
    const std::string line = text->substr(text->rfind('\n') + 1);
    return line.empty() ? "QEMU does not say why" : printable(line, 400);
}

void forget(const std::string& folder) {
    std::error_code ignored;  // what cannot be removed is in nobody's way: the next start makes it anew
    std::filesystem::remove_all(folder, ignored);
}

}  // namespace

Result<> check_start(const Definition& guest) {
    const std::string program = program_of(guest);
    if (::access(program.c_str(), X_OK) != 0) return fail_errno(errno, "{}", printable(program));
    for (const DefinedDisk& disk : guest.disks) {
        if (auto there = check_file(disk.path); !there) return there;
    }
    for (const std::string& path : {guest.kernel, guest.initrd, guest.loader, guest.nvram}) {
        if (auto there = check_file(path); !there) return there;
    }
    return {};
}

Result<> launch(const Definition& guest, const std::string& run_folder, bool paused, Steady::time_point deadline) {
    if (auto can = check_start(guest); !can) return can;
    if (run_folder.size() > 90) return fail(ErrorKind::unsupported, "{} is too long a path for sockets", printable(run_folder));
    if (runs_in(run_folder)) return fail(ErrorKind::busy, "it runs");
    const bool kvm = ::access("/dev/kvm", R_OK | W_OK) == 0;
    const auto argv = command_line_for(guest, {program_of(guest), run_folder, kvm, paused});
    if (!argv) return std::unexpected(argv.error());
    forget(run_folder);
    if (auto made = make_folders(run_folder); !made) return made;
    auto ready = [&]() -> Result<bool> {
        if (auto kept = replace_file(run_folder + "/live.xml", guest.xml); !kept) return std::unexpected(kept.error());
        const auto pid = spawn(*argv, run_folder + "/log");
        return pid ? ended_well(*pid, deadline) : std::unexpected(pid.error());
    }();
    if (ready && *ready) return {};
    const std::string why = ready ? last_line(run_folder + "/log") : ready.error().message;
    forget(run_folder);
    return fail(ready ? ErrorKind::system : ready.error().kind, "{}", why);
}

std::optional<pid_t> runs_in(const std::string& run_folder) {
    const Fd file(::open((run_folder + "/pid").c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return {};
    struct flock lock{};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(file.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return {};
    return lock.l_pid;
}

std::optional<pid_t> running_with(const std::string& proc, const Uuid& uuid) {
    std::error_code code;
    for (std::filesystem::directory_iterator at(proc, code), end; !code && at != end; at.increment(code)) {
        const std::string name = at->path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        const auto text = read_small_file(at->path().string() + "/cmdline", std::size_t{1} << 20);
        if (!text || text->substr(0, text->find('\0')).find("qemu") == std::string::npos) continue;
        if (parse_command_line(*text).uuid == uuid) return static_cast<pid_t>(std::stol(name));
    }
    return {};
}

}  // namespace virtscope::qemu

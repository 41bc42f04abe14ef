#include "drivers/qemu/definitions/launch.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <thread>

#include "core/fd.h"
#include "core/text.h"
#include "drivers/qemu/command_line.h"
#include "drivers/qemu/definitions/argv.h"
#include "drivers/qemu/definitions/spawn.h"
#include "drivers/qemu/definitions/store.h"
#include "drivers/qemu/discovery.h"

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

// With its launcher killed just as it had reported, QEMU would run on as a guest that nobody can reach.
void end_leftover(const std::string& folder) {
    constexpr auto patience = std::chrono::seconds(2);
    const auto until = std::chrono::steady_clock::now() + patience;
    for (auto left = runs_in(folder); left && std::chrono::steady_clock::now() < until; left = runs_in(folder)) {
        ::kill(*left, SIGKILL);
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

}  // namespace

Result<> check_start(const Definition& guest) {
    const std::string program = program_of(guest);
    if (::access(program.c_str(), X_OK) != 0) return fail_errno(errno, "{}", printable(program));
    for (const DefinedDisk& disk : guest.disks) {
        if (auto there = check_file(disk.path); !there) return there;
    }
    for (const std::string& path : {guest.kernel, guest.initrd, guest.loader}) {
        if (auto there = check_file(path); !there) return there;
    }
    // Without one the variables are made from it at the start.
    if (!guest.nvram_template.empty() && ::access(guest.nvram.c_str(), F_OK) != 0)
        return check_file(guest.nvram_template);
    return check_file(guest.nvram);
}

std::string last_words(const std::string& run_folder) {
    auto text = read_small_file(run_folder + "/log", std::size_t{1} << 20);
    if (!text) return "QEMU does not say why";
    while (text->ends_with('\n')) text->pop_back();
    const std::string line = text->substr(text->rfind('\n') + 1);
    return line.empty() ? "QEMU does not say why" : printable(line, 400);
}

void forget_run(const std::string& run_folder) {
    std::error_code ignored;  // what cannot be removed is in nobody's way: the next start makes it anew
    std::filesystem::remove_all(run_folder, ignored);
}

Result<> launch(const Definition& guest, const HowToStart& how) {
    const std::string& run_folder = how.run_folder;
    if (auto can = check_start(guest); !can) return can;
    if (run_folder.size() > 90)
        return fail(ErrorKind::unsupported, "{} is too long a path for sockets", printable(run_folder));
    if (runs_in(run_folder)) return fail(ErrorKind::busy, "it runs");
    const bool kvm = ::access("/dev/kvm", R_OK | W_OK) == 0;
    const auto argv = command_line_for(guest, {program_of(guest), run_folder, kvm, how.paused, how.incoming});
    if (!argv) return std::unexpected(argv.error());
    forget_run(run_folder);
    if (auto made = make_folders(run_folder); !made) return made;
    auto ready = [&]() -> Result<bool> {
        if (auto kept = replace_file(run_folder + "/live.xml", guest.xml); !kept) return std::unexpected(kept.error());
        // With the launcher killed, the process that would become the guest ends, too: it finds nobody to report to.
        return run_program(*argv, run_folder + "/log", how.deadline);
    }();
    if (ready && *ready) return {};
    const std::string why = ready ? last_words(run_folder) : ready.error().message;
    end_leftover(run_folder);
    forget_run(run_folder);
    return fail(ready ? ErrorKind::system : ready.error().kind, "{}", why);
}

std::optional<pid_t> runs_in(const std::string& run_folder) {
    const Fd file(::open((run_folder + "/pid").c_str(), O_RDONLY | O_CLOEXEC));
    if (!file) return {};
    struct flock lock {};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    if (::fcntl(file.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK) return {};
    return lock.l_pid;
}

namespace {

// The first QEMU of this host that `is_it` says yes to.
template <class IsIt>
std::optional<pid_t> find_qemu(const std::string& proc, IsIt is_it) {
    std::error_code code, unreadable;
    for (std::filesystem::directory_iterator at(proc, code), end; !code && at != end; at.increment(code)) {
        const std::string name = at->path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) continue;
        // What was executed, not what it calls itself: anybody could keep a guest from starting by an argv[0].
        if (!is_qemu_executable(std::filesystem::read_symlink(at->path() / "exe", unreadable).string())) continue;
        const auto text = read_small_file(at->path().string() + "/cmdline", std::size_t{1} << 20);
        if (!text) continue;
        if (is_it(parse_command_line(*text))) return static_cast<pid_t>(std::stol(name));
    }
    return {};
}

}  // namespace

std::optional<pid_t> running_with(const std::string& proc, const Uuid& uuid) {
    return find_qemu(proc, [&](const CommandLine& line) { return line.uuid == uuid; });
}

Result<> check_free(const std::string& proc, const Definition& guest) {
    if (running_with(proc, guest.uuid)) return fail(ErrorKind::busy, "it runs");
    const auto other = find_qemu(proc, [&](const CommandLine& line) { return line.name == guest.name; });
    if (!other) return {};
    return fail(ErrorKind::busy,
                "another guest of this name runs (process {}); destroy it first, or choose another name", *other);
}

}  // namespace virtscope::qemu

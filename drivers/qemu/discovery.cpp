#include "drivers/qemu/discovery.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <unistd.h>

#include "core/fd.h"

namespace virtscope::qemu {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

std::optional<pid_t> pid_of(std::string_view text) {
    pid_t pid = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), pid);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size() || pid <= 0) return std::nullopt;
    return pid;
}

std::string_view without(std::string_view text, std::string_view suffix) {
    if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
    return text;
}

// The process a kernel thread "vhost-4711" works for; 0 for every other name.
pid_t vhost_owner(int proc, const std::string& pid) {
    const Fd fd(::openat(proc, (pid + "/comm").c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 32> text{};
    const ssize_t got = fd ? ::read(fd.get(), text.data(), text.size()) : 0;
    if (got <= 1) return 0;
    const std::string_view comm(text.data(), static_cast<std::size_t>(got) - 1);
    if (!comm.starts_with("vhost-")) return 0;
    return pid_of(comm.substr(6)).value_or(0);
}

}  // namespace

bool is_qemu_executable(std::string_view exe) {
    exe = without(exe, " (deleted)");
    exe.remove_prefix(std::min(exe.rfind('/') + 1, exe.size()));
    if (exe.starts_with('.')) exe = without(exe.substr(1), "-wrapped");
    constexpr std::string_view system = "qemu-system-";
    return (exe.starts_with(system) && exe.size() > system.size()) || exe == "qemu-kvm" || exe == "kvm";
}

Scan Scanner::scan(std::span<const pid_t> known) {
    Scan result;
    const Directory directory(::opendir(proc_.c_str()), ::closedir);
    if (!directory) return result;
    const int proc = ::dirfd(directory.get());
    if (proc < 0) return result;
    std::unordered_map<pid_t, pid_t> kernel_threads;
    while (const dirent* entry = ::readdir(directory.get())) {
        const auto pid = pid_of(entry->d_name);
        if (!pid) continue;
        if (std::ranges::binary_search(known, *pid)) {
            result.qemu.push_back(*pid);
            continue;
        }
        const std::string name = entry->d_name;
        std::array<char, 4096> exe{};
        const ssize_t length = ::readlinkat(proc, (name + "/exe").c_str(), exe.data(), exe.size());
        if (length > 0) {
            if (is_qemu_executable({exe.data(), static_cast<std::size_t>(length)})) result.qemu.push_back(*pid);
            continue;
        }
        // No executable: a kernel thread, or a process that is going.
        const auto seen = kernel_threads_.find(*pid);
        const pid_t owner = seen != kernel_threads_.end() ? seen->second : vhost_owner(proc, name);
        kernel_threads.emplace(*pid, owner);
        if (owner != 0) result.vhost_kthreads.emplace(owner, *pid);
    }
    kernel_threads_ = std::move(kernel_threads);
    std::ranges::sort(result.qemu);
    return result;
}

ProcessStat parse_stat(std::string_view stat) {
    ProcessStat result;
    const std::size_t bracket = stat.rfind(')');
    if (bracket == std::string_view::npos || bracket + 3 > stat.size()) return result;
    result.state = stat[bracket + 2];
    std::string_view rest = stat.substr(bracket + 3);
    std::array<pid_t, 3> fields{};  // parent, process group, session
    for (pid_t& field : fields) {
        rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
        const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), field);
        if (parsed.ec != std::errc{}) return result;
        rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
    }
    result.parent = fields[0];
    result.session = fields[2];
    return result;
}

}  // namespace virtscope::qemu

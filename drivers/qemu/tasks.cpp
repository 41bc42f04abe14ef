#include "drivers/qemu/tasks.h"

#include <algorithm>
#include <charconv>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>

namespace virtscope::qemu {
namespace {

using Directory = std::unique_ptr<DIR, int (*)(DIR*)>;

constexpr std::size_t max_tasks = 8192;

std::string task_file(pid_t tid, const char* file) { return "task/" + std::to_string(tid) + "/" + file; }

std::string name_of(const Process& process, pid_t tid) {
    auto comm = process.read(task_file(tid, "comm").c_str(), 64);
    if (!comm) return {};
    if (comm->ends_with('\n')) comm->pop_back();
    return std::move(*comm);
}

std::vector<pid_t> list(const Process& process) {
    std::vector<pid_t> tids;
    Fd fd(::openat(process.directory(), "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return tids;
    const Directory directory(::fdopendir(fd.get()), ::closedir);
    if (!directory) return tids;
    (void)fd.release();  // the directory has it
    while (const dirent* entry = ::readdir(directory.get())) {
        const std::string_view name = entry->d_name;
        pid_t tid = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), tid);
        if (parsed.ec == std::errc{} && tids.size() < max_tasks) tids.push_back(tid);
    }
    return tids;
}

std::optional<TaskPlace> place_of(const Process& process, pid_t tid) {
    auto clock = TaskClock::open(process, tid);
    if (!clock) return std::nullopt;
    return TaskPlace{tid, std::move(*clock)};
}

}  // namespace

std::optional<unsigned> vcpu_of_name(std::string_view name) {
    if (!name.starts_with("CPU ")) return std::nullopt;
    name.remove_prefix(4);
    unsigned index = 0;
    const auto parsed = std::from_chars(name.data(), name.data() + name.size(), index);
    if (parsed.ec != std::errc{} || !std::string_view(parsed.ptr, name.data() + name.size()).starts_with('/')) {
        return std::nullopt;
    }
    return index;
}

std::int64_t innermost_id(std::string_view status, unsigned& levels) {
    levels = 0;
    const std::size_t line = status.find("\nNSpid:");
    if (line == std::string_view::npos) return 0;
    std::string_view rest = status.substr(line + 7);
    rest = rest.substr(0, rest.find('\n'));
    std::int64_t id = 0;
    for (;;) {
        rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
        const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), id);
        if (parsed.ec != std::errc{}) return id;
        ++levels;
        rest.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest.data()));
    }
}

bool Tasks::update(const Process& process, bool anyway) {
    // The link count of the task directory is the number of threads: one call instead of many.
    struct stat status{};
    if (::fstatat(process.directory(), "task", &status, 0) != 0) return false;
    if (!anyway && status.st_nlink == links_) return false;
    links_ = status.st_nlink;
    std::unordered_map<pid_t, std::string> names;
    bool changed = false;
    for (const pid_t tid : list(process)) {
        const auto known = names_.find(tid);
        if (known == names_.end()) changed = true;
        names.emplace(tid, known != names_.end() ? known->second : name_of(process, tid));
    }
    changed = changed || names.size() != names_.size();
    names_ = std::move(names);
    return changed;
}

std::optional<pid_t> Tasks::host_id(const Process& process, std::int64_t thread) const {
    unsigned levels = 0;
    const auto own = process.read("status", 65536);
    if (own) (void)innermost_id(*own, levels);  // only the number of namespaces is wanted
    if (levels <= 1) {
        const auto tid = static_cast<pid_t>(thread);
        return names_.contains(tid) ? std::optional(tid) : std::nullopt;
    }
    for (const auto& [tid, name] : names_) {
        const auto status = process.read(task_file(tid, "status").c_str(), 65536);
        if (status && innermost_id(*status, levels) == thread) return tid;
    }
    return std::nullopt;
}

std::vector<VcpuPlace> Tasks::vcpus(const Process& process, const std::vector<CpuThread>& told,
                                    unsigned configured) const {
    std::vector<VcpuPlace> places;
    for (const CpuThread& cpu : told) {
        const auto tid = host_id(process, cpu.thread);
        places.push_back({cpu.index, tid ? place_of(process, *tid) : std::nullopt});
    }
    if (!told.empty()) return places;
    for (const auto& [tid, name] : names_) {
        if (const auto index = vcpu_of_name(name)) places.push_back({*index, place_of(process, tid)});
    }
    std::ranges::sort(places, {}, &VcpuPlace::index);
    if (places.empty()) {
        for (unsigned index = 0; index < std::min(configured, 1024U); ++index) places.push_back({index, std::nullopt});
    }
    return places;
}

std::vector<TaskPlace> Tasks::iothreads(const Process& process,
                                        const std::optional<std::vector<IoThread>>& told) const {
    std::vector<pid_t> tids;
    if (told) {
        for (const IoThread& thread : *told) {
            if (const auto tid = host_id(process, thread.thread)) tids.push_back(*tid);
        }
    } else {
        for (const auto& [tid, name] : names_) {
            // mon_iothread carries the monitor's own bytes, no disk's.
            if (name.starts_with("IO ") && name != "IO mon_iothread") tids.push_back(tid);
        }
        std::ranges::sort(tids);
    }
    std::vector<TaskPlace> places;
    for (const pid_t tid : tids) {
        if (auto place = place_of(process, tid)) places.push_back(std::move(*place));
    }
    return places;
}

std::vector<TaskPlace> Tasks::vhost(const Process& process, const std::string& proc,
                                    std::optional<pid_t> kthread) const {
    std::vector<TaskPlace> places;
    for (const auto& [tid, name] : names_) {
        if (!name.starts_with("vhost-")) continue;
        if (auto place = place_of(process, tid)) places.push_back(std::move(*place));
    }
    if (kthread) {
        const auto thread = Process::open(proc, *kthread);
        if (thread) {
            if (auto place = place_of(*thread, *kthread)) places.push_back(std::move(*place));
        }
    }
    std::ranges::sort(places, {}, &TaskPlace::tid);
    return places;
}

}  // namespace virtscope::qemu

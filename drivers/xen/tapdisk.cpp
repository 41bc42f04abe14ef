#include "drivers/xen/tapdisk.h"

#include <algorithm>
#include <array>
#include <dirent.h>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "drivers/xen/store_paths.h"

namespace virtscope::xen {
namespace {

using Clock = std::chrono::steady_clock;

// struct stats of tapdisk-metrics-stats.h.
struct Stats {
    std::uint32_t version = 0;
    std::uint32_t pad = 0;
    std::uint64_t oo_reqs = 0;
    std::uint64_t read_reqs_submitted = 0;
    std::uint64_t read_reqs_completed = 0;
    std::uint64_t read_sectors = 0;
    std::uint64_t read_total_ticks = 0;
    std::uint64_t write_reqs_submitted = 0;
    std::uint64_t write_reqs_completed = 0;
    std::uint64_t write_sectors = 0;
    std::uint64_t write_total_ticks = 0;
    std::uint64_t io_errors = 0;
    std::uint64_t flags = 0;
};
static_assert(sizeof(Stats) == 96);
constexpr std::uint32_t known_version = 1;
constexpr std::size_t max_names = 65536;  // in one folder

std::optional<Stats> read_stats(const Fd& file) {
    Stats stats;
    if (::pread(file.get(), &stats, sizeof stats, 0) != ssize_t{sizeof stats}) return std::nullopt;
    if (stats.version != known_version) return std::nullopt;
    return stats;
}

// A tapdisk without a file of the kernel's for its own statistics adds up no times: they stay 0.
void set_time(std::size_t row, DiskMetric metric, std::uint64_t ticks, std::uint64_t completed, Frame& frame) {
    constexpr std::uint64_t nanoseconds_per_tick = 1000;
    if (ticks != 0 || completed == 0) frame.set(row, metric, ticks * nanoseconds_per_tick);
}

// As it is when the guest closes the disk; one that opens it again gets another file.
bool is_removed(const Fd& file) {
    struct stat status{};
    return ::fstat(file.get(), &status) != 0 || status.st_nlink == 0;
}

bool is_trusted(int fd, mode_t type) {
    struct stat status{};
    if (::fstat(fd, &status) != 0 || (status.st_mode & S_IFMT) != type) return false;
    return (status.st_uid == 0 || status.st_uid == ::geteuid()) && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

Fd open_trusted(int folder, const std::string& name, int flags, mode_t type) {
    Fd fd(::openat(folder, name.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | flags));
    return fd && is_trusted(fd.get(), type) ? std::move(fd) : Fd();
}

Fd open_folder(int shm, const std::string& name) { return open_trusted(shm, name, O_DIRECTORY, S_IFDIR); }

std::string folder_name(pid_t pid) { return fmt::format("td3-{}", pid); }

// "td3-1234", "vbd-7-51712".
std::optional<pid_t> pid_of(std::string_view name) {
    constexpr std::string_view prefix = "td3-";
    if (!name.starts_with(prefix)) return std::nullopt;
    const auto pid = index_of(name.substr(prefix.size()));
    if (!pid || *pid == 0 || *pid > INT32_MAX) return std::nullopt;
    return static_cast<pid_t>(*pid);
}

std::optional<std::pair<std::uint32_t, unsigned>> disk_of(std::string_view name) {
    constexpr std::string_view prefix = "vbd-";
    if (!name.starts_with(prefix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    const std::size_t dash = name.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const auto domid = index_of(name.substr(0, dash));
    const auto device = index_of(name.substr(dash + 1));
    if (!domid || !device) return std::nullopt;
    return std::pair(*domid, unsigned{*device});
}

template <class Each>
void for_each_name(Fd folder, const Each& each) {
    const std::unique_ptr<DIR, int (*)(DIR*)> listing(::fdopendir(folder.get()), ::closedir);
    if (listing == nullptr) return;
    folder.release();
    for (std::size_t count = 0; count < max_names; ++count) {
        const dirent* const entry = ::readdir(listing.get());
        if (entry == nullptr) return;
        each(std::string(entry->d_name));
    }
}

}  // namespace

bool TapdiskFile::read(std::size_t row, Frame& frame) {
    using enum DiskMetric;
    constexpr std::uint64_t sector = 512;
    const auto stats = read_stats(file_);
    if (!stats || is_removed(file_) || !process_.alive()) return false;
    frame.set(row, read_ops, stats->read_reqs_completed);
    frame.set(row, read_bytes, stats->read_sectors * sector);
    set_time(row, read_time, stats->read_total_ticks, stats->read_reqs_completed, frame);
    frame.set(row, write_ops, stats->write_reqs_completed);
    frame.set(row, write_bytes, stats->write_sectors * sector);
    set_time(row, write_time, stats->write_total_ticks, stats->write_reqs_completed, frame);
    frame.set(row, failed_ops, stats->io_errors);
    frame.set(row, queue_full, stats->oo_reqs);
    return true;
}

std::shared_ptr<BlockCounters> Tapdisks::open(std::uint32_t domid, unsigned device, Time now) {
    const Key key{domid, device};
    if (auto file = open_known(key)) return file;
    if (now < next_look_) return nullptr;
    look(now);
    return open_known(key);
}

std::shared_ptr<BlockCounters> Tapdisks::open_known(const Key& key) const {
    const auto [first, last] = known_.equal_range(key);
    if (first == last) return nullptr;
    const Fd shm(::open(shm_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (auto at = first; at != last; ++at) {
        auto process = Process::open(proc_, at->second);
        const Fd folder = open_folder(shm.get(), folder_name(at->second));
        if (!process || !folder) continue;
        Fd file = open_trusted(folder.get(), fmt::format("vbd-{}-{}", key.first, key.second), 0, S_IFREG);
        if (file && read_stats(file)) return std::make_shared<TapdiskFile>(std::move(file), std::move(*process));
    }
    return nullptr;
}

void Tapdisks::look(Time now) {
    constexpr auto between_looks = std::chrono::seconds(1);
    constexpr int rest = 100;  // times as long as it took
    const auto began = Clock::now();
    known_.clear();
    const Fd shm(::open(shm_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (shm) {
        for_each_name(Fd(::dup(shm.get())), [&](const std::string& name) {
            if (const auto pid = pid_of(name)) look_into(shm.get(), name, *pid);
        });
    }
    next_look_ = now + std::max<Clock::duration>(between_looks, rest * (Clock::now() - began));
}

void Tapdisks::look_into(int shm, const std::string& folder, pid_t pid) {
    Fd opened = open_folder(shm, folder);
    if (!opened) return;
    for_each_name(std::move(opened), [&](const std::string& name) {
        if (const auto disk = disk_of(name)) known_.emplace(*disk, pid);
    });
}

}  // namespace virtscope::xen

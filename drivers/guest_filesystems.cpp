#include "drivers/guest_filesystems.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace virtscope {
namespace {

// In memory or of the kernel, and images that are full from the start. Windows writes its types in capitals.
constexpr auto left_out = std::to_array<std::string_view>({
    "autofs",  "binfmt_misc", "bpf",     "cdfs",       "cgroup",     "cgroup2",   "configfs", "cramfs", "debugfs",
    "devpts",  "devtmpfs",    "efivarfs", "erofs",     "fusectl",    "hugetlbfs", "iso9660",  "mqueue", "nsfs",
    "overlay", "proc",        "pstore",  "ramfs",      "rootfs",     "rpc_pipefs", "securityfs", "selinuxfs",
    "squashfs", "sysfs",      "tmpfs",   "tracefs",    "udf",
});

std::string lower(std::string text) {
    for (char& c : text) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return text;
}

bool is_left_out(const ToldFilesystem& told) {
    return told.mountpoint.empty() || std::ranges::find(left_out, lower(told.type)) != left_out.end();
}

}  // namespace

GuestFilesystems watched_filesystems(std::vector<ToldFilesystem> told) {
    std::erase_if(told, is_left_out);
    std::ranges::sort(told);
    GuestFilesystems watched;
    for (ToldFilesystem& each : told) {
        if (!watched.empty() && watched.back().mountpoint == each.mountpoint) continue;
        if (watched.size() == most_filesystems) break;
        const bool sensible = !each.total_bytes || !each.used_bytes || *each.used_bytes <= *each.total_bytes;
        watched.push_back({.mountpoint = std::move(each.mountpoint),
                           .source = each.device.empty() ? std::move(each.type) : std::move(each.device),
                           .total_bytes = sensible ? each.total_bytes : std::nullopt,
                           .used_bytes = sensible ? each.used_bytes : std::nullopt});
    }
    return watched;
}

}  // namespace virtscope

// GuestFilesystem: a filesystem inside a guest, as the guest's agent tells it.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace virtscope {

struct GuestFilesystem {
    std::string mountpoint;
    std::string source;  // device, else type
    std::optional<std::uint64_t> total_bytes, used_bytes;  // none: an old agent, or it makes no sense

    bool operator==(const GuestFilesystem&) const = default;
};
using GuestFilesystems = std::vector<GuestFilesystem>;

// One entry of the agent's answer; texts are printable.
struct ToldFilesystem {
    std::string mountpoint, device, type;
    std::optional<std::uint64_t> total_bytes, used_bytes;

    auto operator<=>(const ToldFilesystem&) const = default;
};

inline constexpr std::size_t most_filesystems = 64;

// Those whose filling up matters, by mountpoint and each mountpoint once: the same whatever order the agent tells them
// in. Left out are the kernel's own, those in memory and media that are full by nature (squashfs,
// CDs), and what is beyond the first 64.
GuestFilesystems watched_filesystems(std::vector<ToldFilesystem> told);

}  // namespace virtscope

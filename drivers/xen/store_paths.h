// Where in xenstore the facts about a domain are, and what of them a changed path may have changed. Pure functions.
// The paths are those of xenstore-paths(7); all that are named here belong to Domain-0.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/uuid.h"

namespace virtscope::xen {

// Backends by the name of their directory: the kernel's, QEMU's and tapdisk's for disks, the kernel's for networks.
enum class Kind : std::uint8_t { vbd, qdisk, vbd3, vif };
inline constexpr std::array all_kinds{Kind::vbd, Kind::qdisk, Kind::vbd3, Kind::vif};
constexpr std::uint8_t bit_of(Kind kind) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(kind)); }
inline constexpr std::uint8_t every_kind = 0b1111;
std::string_view name_of(Kind kind);
// Nodes of a backend that are read.
std::span<const std::string_view> leaves_of(Kind kind);

std::string name_path(std::uint32_t domid);
std::string target_path(std::uint32_t domid);       // of memory, KiB
std::string most_path(std::uint32_t domid);         // of memory, KiB
std::string start_path(const Uuid& uuid);           // seconds since the epoch, with decimals
std::string backend_path(Kind kind);                // watched: all domains' devices are below
std::string backend_path(Kind kind, std::uint32_t domid);
std::string backend_path(Kind kind, std::uint32_t domid, unsigned device);

// What is to be read again.
struct Change {
    std::optional<std::uint32_t> domid;  // none: of every domain
    bool name = false;
    bool target = false;
    std::uint8_t kinds = 0;          // backends, bit_of(Kind)
    std::optional<unsigned> device;  // of one kind; none: the list of devices and all of them
    bool operator==(const Change&) const = default;
};

// What a watch that fired with `path` says; nothing, if nothing that is read can be another. A guest can make Domain-0's
// kernel write a backend's state and features: these are not read.
std::optional<Change> change_of(std::string_view path);

// A number as xenstore paths have it: decimal digits, no leading zero, 32 bits.
std::optional<std::uint32_t> index_of(std::string_view text);

}  // namespace virtscope::xen

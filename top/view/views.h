// The views: what the screen is about. Lists have rows of one kind, a bar, an order and a filter.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/catalogue.h"

namespace virtscope::top {

enum class View : std::uint8_t { guests, nics, disks, vcpus, pcpus, contention, host, detail, help };

// The first so many are lists.
inline constexpr std::size_t list_count = 4;
constexpr bool is_list(View view) { return static_cast<std::size_t>(view) < list_count; }

// What a row of a list is.
constexpr Scope scope_of_list(View view) {
    constexpr std::array<Scope, list_count> scopes{Scope::Guest, Scope::Nic, Scope::Disk, Scope::Vcpu};
    return scopes[is_list(view) ? static_cast<std::size_t>(view) : 0];
}

// What is 100 % of a guest's CPU: all CPUs of the host (virt-top's rule), one of them, or as many as it has vCPUs.
enum class CpuBase : std::uint8_t { host, one_cpu, vcpus };

// How figures are shown, in all views alike.
struct ViewOptions {
    bool block_bytes = false;  // RDBY WRBY instead of RDRQ WRRQ
    CpuBase cpu_base = CpuBase::host;
};

}  // namespace virtscope::top

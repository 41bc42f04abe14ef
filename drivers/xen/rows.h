// What Xen told of a domain, as cells of a frame.
#pragma once

#include <optional>
#include <span>

#include "core/frame.h"
#include "drivers/place.h"
#include "drivers/xen/hypervisor.h"
#include "drivers/xen/store.h"

namespace virtscope::xen {

// `time`: when it was told (CLOCK_MONOTONIC, ns). `facts`: may be null.
void fill_guest(const Slot& slot, const abi::DomainInfo& domain, const DomainFacts* facts, std::int64_t time, Frame& frame);
void fill_share(const Slot& slot, const std::optional<Share>& share, Frame& frame);
void fill_vcpus(const Slot& slot, std::span<const std::optional<abi::VcpuInfo>> vcpus, std::int64_t time, Frame& frame);

// Xen did not tell: the state is not known, and no value is.
void mark_untold(const Slot& slot, Frame& frame);

}  // namespace virtscope::xen

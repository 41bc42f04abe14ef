// What a domain is to the rest of virtscope: its identity, its state, and the place where its counters live.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "drivers/place.h"
#include "drivers/xen/abi.h"
#include "drivers/xen/store.h"

namespace virtscope::xen {

// Of Domain-0, which has a UUID of zeros, one that is derived.
Uuid uuid_of(const abi::DomainInfo& domain);

// Blocked: all of its vCPUs wait for an event. Crashed: it says so itself, or its watchdog did. Paused: also while it is
// suspended to be saved. Shutting down: it has shut down or is dying, and still exists.
GuestState state_of_domain(const abi::DomainInfo& domain);

// Neither shut down nor dying.
bool is_alive(const abi::DomainInfo& domain);

// Why a domain that is not alive is still there: "has crashed and was not removed". Empty of one that is.
std::string_view ending_of(const abi::DomainInfo& domain);

// "xen-pv", "xen-pvh", "xen-hvm".
std::string kind_of(const abi::DomainInfo& domain);

// Differs for each start: a number is not given twice before all others were, and never twice in one boot with one UUID.
std::uint64_t generation_of(const abi::DomainInfo& domain, std::uint64_t boot);

// 0: it has none.
std::uint32_t vcpus_of(const abi::DomainInfo& domain);

// Without indices of interfaces. `facts`: null where xenstored has told nothing (yet).
Place place_of(const abi::DomainInfo& domain, const DomainFacts* facts, std::uint64_t boot);

// When a domain started, ns since the epoch; 0: unknown. xenstored knows no start of Domain-0, which began with the machine.
std::int64_t start_of(const abi::DomainInfo& domain, const DomainFacts* facts);

}  // namespace virtscope::xen

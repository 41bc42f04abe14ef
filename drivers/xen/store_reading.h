// What is read of one domain, and read again where a watch said so.
#pragma once

#include <cstdint>
#include <set>
#include <utility>

#include "drivers/xen/store.h"
#include "drivers/xen/store_link.h"
#include "drivers/xen/store_paths.h"

namespace virtscope::xen {

// What of a domain is to be read again.
struct Stale {
    bool name = false;
    bool target = false;
    std::uint8_t kinds = 0;                       // lists of devices, and all of them
    std::set<std::pair<Kind, unsigned>> devices;  // single ones

    static Stale all() { return {.name = true, .target = true, .kinds = every_kind}; }
    bool any() const { return name || target || kinds != 0 || !devices.empty(); }
    void add(const Change& change);
};

// `facts` after what is stale was read. Says nothing about the domain if the link is broken afterwards.
DomainFacts read_again(StoreLink& link, DomainFacts facts, const Stale& stale);

}  // namespace virtscope::xen

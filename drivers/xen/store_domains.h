// StoreDomains: the domains that are followed, what is known of them and what is to be read again when.
//
// Watches can fire faster than anybody reads, and guests can see to that. What is stale is only marked, so a thousand
// watches cost one reading; a domain is read again ten times a second at most, and all readings that are not the first of a
// domain on a connection together get a quarter of the time, as long as xenstored is quick.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "drivers/xen/store.h"
#include "drivers/xen/store_link.h"
#include "drivers/xen/store_reading.h"

namespace virtscope::xen {

class StoreDomains {
public:
    explicit StoreDomains(std::chrono::nanoseconds again) : again_(again) {}

    // From now on these; whether any that is known went. `link` may be null: there is no connection.
    bool follow(StoreLink* link, std::span<const DomainKey> wanted);
    // Sets the watches that are not set yet; false: xenstored refused some, or the link is broken.
    bool watch(StoreLink& link);
    // After a new connection: no watch is set and all is to be read again.
    void forget_watches();
    void all_stale();
    void note(const Change& change);

    // Reads for a while, those first that have waited longest; whether anything is another now. Times: CLOCK_MONOTONIC, ns.
    bool read_due(StoreLink& link);
    // When something is due; the maximum: nothing is stale.
    std::int64_t next_due() const;

    std::vector<DomainFacts> facts() const;

private:
    struct Followed {
        DomainFacts facts;
        Stale stale = Stale::all();
        bool known = false;
        bool fresh = true;  // not read on this connection yet
        bool watched = false;
        std::int64_t stale_since = 0;
        std::int64_t not_before = 0;
    };
    std::int64_t due_at(const Followed& domain) const;
    std::vector<Followed*> due(std::int64_t now);

    const std::chrono::nanoseconds again_;
    std::map<std::uint32_t, Followed> domains_;
    std::int64_t repeats_not_before_ = 0;
};

}  // namespace virtscope::xen

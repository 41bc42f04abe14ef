// Census: the domains that there are, as places, and what each place is about. It is made anew only when domains come or go, when
// xenstored tells something new of them, or when a backend has come that was awaited.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "drivers/driver.h"
#include "drivers/xen/block_backends.h"
#include "drivers/xen/domain.h"
#include "drivers/xen/store.h"

namespace virtscope::xen {

class Census {
public:
    static constexpr auto patience_with_names = std::chrono::seconds(2);  // of a domain that has none yet

    Census(Store& store, const DriverHost& host, std::uint64_t boot)
        : store_(store), sys_(host.sys), backends_(host), boot_(boot) {}

    // Brings the places up to date with the domains of this tick, which stay valid until the next call.
    void take(std::span<const abi::DomainInfo> domains, Clock::time_point now);

    // Each domain's name is known, or was waited for long enough.
    bool is_complete() const { return unnamed_ == 0; }

    std::span<const Place> places() const { return places_; }
    std::uint64_t generation() const { return generation_; }

    // The domain of places()[i] in this tick.
    const abi::DomainInfo& domain(std::size_t i) const { return domains_[entries_[i].domain]; }
    // What xenstored told of it; null: nothing yet. Its vbds are the place's disks.
    const DomainFacts* facts(std::size_t i) const;
    // Fills the row of a place's disk from what its backend tells.
    void read_disk(std::size_t i, std::size_t disk, std::size_t row, Frame& frame);
    // The QEMUs that serve disks.
    Qdisks& qdisks() { return backends_.qdisks(); }
    const Qdisks& qdisks() const { return backends_.qdisks(); }

private:
    // Behind a place.
    struct Entry {
        std::uint32_t domain = 0;                          // into domains_
        std::vector<std::shared_ptr<BlockCounters>> vbds;  // by disk; null: not there (yet)
    };
    // What of a domain may change while it keeps its number.
    struct Shape {
        std::uint32_t vcpus = 0;
        std::string_view ending;  // of static text
        bool operator==(const Shape&) const = default;
    };
    using Held = std::unordered_map<std::string, std::shared_ptr<BlockCounters>>;  // by kind, domain and device

    bool follow(std::span<const abi::DomainInfo> domains, Clock::time_point now);
    bool has_come(Clock::time_point now);
    std::vector<std::uint32_t> choose() const;
    bool is_awaited(const abi::DomainInfo& domain, const DomainFacts* facts, Clock::time_point now) const;
    void list(Clock::time_point now);
    Place make_place(const abi::DomainInfo& domain, const DomainFacts* facts);
    std::vector<std::shared_ptr<BlockCounters>> open_disks(const DomainFacts& facts, Held& held);

    Store& store_;
    std::string sys_;
    BlockBackends backends_;
    std::uint64_t boot_;
    std::span<const abi::DomainInfo> domains_;
    std::vector<DomainKey> keys_;                                   // of domains_, as followed
    std::vector<Shape> shapes_;                                     // and what each was like
    std::unordered_map<std::uint32_t, Clock::time_point> arrived_;  // by domid
    std::shared_ptr<const StoreState> state_;
    std::vector<Place> places_;
    std::vector<Entry> entries_;  // by place
    Held held_;
    std::uint64_t troubles_ = 0;  // of qdisks, as listed
    std::uint64_t generation_ = 0;
    std::size_t unnamed_ = 0;
    std::vector<std::string> awaited_;  // paths that backends come with that are not there
    Clock::time_point next_look_;
};

}  // namespace virtscope::xen

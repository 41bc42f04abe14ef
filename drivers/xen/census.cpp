#include "drivers/xen/census.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string_view>
#include <unistd.h>

#include <fmt/format.h>

namespace virtscope::xen {
namespace {

constexpr auto between_looks = std::chrono::seconds(1);

// Of places; a memory target is none of theirs, and changes often where something balances guests' memory.
bool tells_other(const StoreState& a, const StoreState& b) {
    return a.trouble != b.trouble || !std::ranges::equal(a.domains, b.domains, [](const DomainFacts& x, const DomainFacts& y) {
               return x.domid == y.domid && x.uuid == y.uuid && x.name == y.name && x.start_realtime == y.start_realtime &&
                      x.vbds == y.vbds && x.vifs == y.vifs;
           });
}

// The store may not have heard yet that a number is another domain's by now.
const DomainFacts* find_facts(const StoreState& state, const abi::DomainInfo& domain) {
    const auto found = std::ranges::lower_bound(state.domains, domain.domain, {}, &DomainFacts::domid);
    const bool is_it = found != state.domains.end() && found->domid == domain.domain && found->uuid == Uuid{domain.handle};
    return is_it ? &*found : nullptr;
}

// Empty: no interface can have that name.
std::string index_file(const std::string& sys, const std::string& name) {
    if (name.empty() || name.find('/') != std::string::npos) return {};
    return sys + "/class/net/" + name + "/ifindex";
}

int interface_index(const std::string& path) {
    std::ifstream file(path);
    int index = 0;
    return file >> index ? index : 0;
}

// Of two domains with one UUID, as there are while a guest moves within a host or its dead predecessor still goes away, the
// one that is alive counts, and of two that are the older.
bool counts_before(const abi::DomainInfo& a, const abi::DomainInfo& b) {
    if (is_alive(a) != is_alive(b)) return is_alive(a);
    return a.domain < b.domain;
}

bool same(const Place& a, const Place& b) {
    return a.uuid == b.uuid && a.generation == b.generation && a.name == b.name && a.note == b.note &&
           a.machine == b.machine && a.start_realtime == b.start_realtime && a.vcpus.size() == b.vcpus.size() &&
           std::ranges::equal(a.disks, b.disks,
                              [](const DiskPlace& x, const DiskPlace& y) { return x.name == y.name && x.source == y.source; }) &&
           std::ranges::equal(a.nics, b.nics, [](const NicPlace& x, const NicPlace& y) {
               return x.name == y.name && x.ifindex == y.ifindex && x.source == y.source;
           });
}

}  // namespace

// True: they are others than before.
bool Census::follow(std::span<const abi::DomainInfo> domains, Clock::time_point now) {
    const auto is_same = [](const abi::DomainInfo& domain, const DomainKey& key) {
        return domain.domain == key.domid && Uuid{domain.handle} == key.uuid;
    };
    const auto shape_of = [](const abi::DomainInfo& domain) { return Shape{vcpus_of(domain), ending_of(domain)}; };
    const bool same_shapes = std::ranges::equal(domains, shapes_, {}, shape_of);
    if (state_ != nullptr && same_shapes && std::ranges::equal(domains, keys_, is_same)) return false;
    shapes_.clear();
    std::ranges::transform(domains, std::back_inserter(shapes_), shape_of);
    std::vector<DomainKey> keys;
    std::unordered_map<std::uint32_t, Clock::time_point> arrived;
    for (const abi::DomainInfo& domain : domains) {
        keys.push_back({domain.domain, Uuid{domain.handle}});
        const auto known = std::ranges::lower_bound(keys_, keys.back().domid, {}, &DomainKey::domid);
        const bool is_old = known != keys_.end() && *known == keys.back();
        arrived[domain.domain] = is_old ? arrived_[domain.domain] : now;
    }
    keys_ = std::move(keys);
    arrived_ = std::move(arrived);
    store_.follow(keys_);
    return true;
}

void Census::take(std::span<const abi::DomainInfo> domains, Clock::time_point now) {
    domains_ = domains;
    bool news = follow(domains, now);
    auto state = store_.state();
    news = news || (state->generation != state_->generation && tells_other(*state, *state_)) ||
           backends_.qdisks().troubles() != troubles_;
    state_ = std::move(state);
    if (news || unnamed_ > 0 || has_come(now)) list(now);
}

// Something that was awaited. Some things never come: an interface in another namespace, a backend that failed.
bool Census::has_come(Clock::time_point now) {
    if (awaited_.empty() || now < next_look_) return false;
    next_look_ = now + between_looks;
    return std::ranges::any_of(awaited_, [](const std::string& path) { return ::access(path.c_str(), F_OK) == 0; });
}

std::vector<std::uint32_t> Census::choose() const {
    std::vector<std::uint32_t> chosen;
    std::unordered_map<Uuid, std::size_t, UuidHash> known;
    for (std::uint32_t i = 0; i < domains_.size(); ++i) {
        const auto [found, is_new] = known.try_emplace(uuid_of(domains_[i]), chosen.size());
        if (is_new) {
            chosen.push_back(i);
        } else if (counts_before(domains_[i], domains_[chosen[found->second]])) {
            chosen[found->second] = i;
        }
    }
    return chosen;
}

// A domain that is being built gets its name a moment after its number, where there is somebody to tell it.
bool Census::is_awaited(const abi::DomainInfo& domain, const DomainFacts* facts, Clock::time_point now) const {
    if (!state_->trouble.empty() || (facts != nullptr && !facts->name.empty())) return false;
    const auto arrived = arrived_.find(domain.domain);
    return arrived != arrived_.end() && now - arrived->second < patience_with_names;
}

void Census::list(Clock::time_point now) {
    std::vector<Place> places;
    Held held;
    entries_.clear();
    unnamed_ = 0;
    awaited_.clear();
    troubles_ = backends_.qdisks().troubles();
    next_look_ = now + between_looks;
    for (const std::uint32_t i : choose()) {
        const DomainFacts* const facts = find_facts(*state_, domains_[i]);
        if (is_awaited(domains_[i], facts, now)) {
            ++unnamed_;
            continue;
        }
        places.push_back(make_place(domains_[i], facts));
        entries_.push_back({.domain = i, .vbds = {}});
        if (facts != nullptr) entries_.back().vbds = open_disks(*facts, held);
    }
    held_ = std::move(held);
    if (std::ranges::equal(places, places_, same)) return;
    places_ = std::move(places);
    ++generation_;
}

Place Census::make_place(const abi::DomainInfo& domain, const DomainFacts* facts) {
    Place place = place_of(domain, facts, boot_);
    if (!state_->trouble.empty()) place.note = "xenstore: " + state_->trouble;
    if (place.note.empty() && facts != nullptr) place.note = backends_.trouble(*facts);
    for (NicPlace& nic : place.nics) {
        const std::string path = index_file(sys_, nic.name);
        if (path.empty()) continue;
        nic.ifindex = interface_index(path);
        if (nic.ifindex == 0) awaited_.push_back(path);
    }
    return place;
}

// What is open is kept as long as the backend is there.
std::vector<std::shared_ptr<BlockCounters>> Census::open_disks(const DomainFacts& facts, Held& held) {
    std::vector<std::shared_ptr<BlockCounters>> disks;
    for (const Vbd& vbd : facts.vbds) {
        const std::string key = fmt::format("{}-{}-{}", vbd.kind, facts.domid, vbd.device);
        const auto old = held_.find(key);
        disks.push_back(old != held_.end() ? old->second : backends_.open(facts.domid, vbd));
        if (disks.back() == nullptr) {
            awaited_.push_back(backends_.sign_of(facts.domid, vbd));
        } else {
            held.emplace(key, disks.back());
        }
    }
    return disks;
}

const DomainFacts* Census::facts(std::size_t i) const { return find_facts(*state_, domain(i)); }

void Census::read_disk(std::size_t i, std::size_t disk, std::size_t row, Frame& frame) {
    auto& vbds = entries_[i].vbds;
    if (disk >= vbds.size() || vbds[disk] == nullptr || vbds[disk]->read(row, frame)) return;
    std::erase_if(held_, [&](const auto& entry) { return entry.second == vbds[disk]; });
    vbds[disk] = nullptr;
    const DomainFacts* const told = facts(i);
    if (told != nullptr && disk < told->vbds.size()) awaited_.push_back(backends_.sign_of(told->domid, told->vbds[disk]));
}

}  // namespace virtscope::xen

#include "drivers/xen/store_domains.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <utility>

#include "core/clock.h"

namespace virtscope::xen {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
constexpr std::int64_t spell = 50'000'000;  // ns, after which the thread looks what else there is
constexpr std::int64_t rest = 3;            // times as long as was read
constexpr std::int64_t longest_rest = 1'000'000'000;

}  // namespace

bool StoreDomains::follow(StoreLink* link, std::span<const DomainKey> wanted) {
    std::map<std::uint32_t, Followed> next;
    std::vector<std::string> unwatched;
    bool went = false;
    for (const DomainKey& key : wanted) {
        const auto old = domains_.find(key.domid);
        if (old == domains_.end() || old->second.facts.uuid != key.uuid) {
            Followed fresh;
            fresh.facts.domid = key.domid;
            fresh.facts.uuid = key.uuid;
            fresh.watched = old != domains_.end() && old->second.watched;  // paths go by the number
            fresh.stale_since = clock_ns(CLOCK_MONOTONIC);
            next.insert_or_assign(key.domid, std::move(fresh));
            continue;
        }
        next.insert_or_assign(key.domid, old->second);
    }
    for (const auto& [domid, domain] : domains_) {
        const auto kept = next.find(domid);
        went |= domain.known && (kept == next.end() || kept->second.facts.uuid != domain.facts.uuid);
        if (kept != next.end() || !domain.watched) continue;
        unwatched.push_back(name_path(domid));
        unwatched.push_back(target_path(domid));
    }
    domains_ = std::move(next);
    if (link != nullptr) link->unwatch(unwatched);
    return went;
}

bool StoreDomains::watch(StoreLink& link) {
    std::vector<Followed*> unwatched;
    std::vector<std::string> paths;
    for (auto& [domid, domain] : domains_) {
        if (domain.watched) continue;
        unwatched.push_back(&domain);
        paths.push_back(name_path(domid));
        paths.push_back(target_path(domid));
    }
    const std::vector<bool> set = link.watch(paths);
    for (std::size_t i = 0; i < unwatched.size(); ++i) unwatched[i]->watched = set[2 * i] && set[2 * i + 1];
    return std::ranges::all_of(set, std::identity{});
}

void StoreDomains::forget_watches() {
    for (auto& [domid, domain] : domains_) {
        domain.watched = false;
        domain.fresh = true;
    }
    all_stale();
}

void StoreDomains::all_stale() { note({.name = true, .target = true, .kinds = every_kind}); }

void StoreDomains::note(const Change& change) {
    const auto mark = [&, now = clock_ns(CLOCK_MONOTONIC)](Followed& domain) {
        if (!domain.stale.any()) domain.stale_since = now;
        domain.stale.add(change);
    };
    if (!change.domid) {
        for (auto& [domid, domain] : domains_) mark(domain);
        return;
    }
    const auto found = domains_.find(*change.domid);
    if (found != domains_.end()) mark(found->second);
}

bool StoreDomains::read_due(StoreLink& link) {
    bool changed = false;
    const std::int64_t began = clock_ns(CLOCK_MONOTONIC);
    std::int64_t now = began;
    std::int64_t repeating = 0;
    for (Followed* domain : due(began)) {
        if (now - began >= spell) break;
        // What a watch says while it is read is to be read once more.
        const Stale stale = std::exchange(domain->stale, {});
        DomainFacts facts = read_again(link, domain->facts, stale);
        if (link.is_broken()) return changed;
        changed |= !domain->known || facts != domain->facts;
        const std::int64_t done = clock_ns(CLOCK_MONOTONIC);
        if (!domain->fresh) repeating += done - now;
        now = done;
        domain->facts = std::move(facts);
        domain->known = true;
        domain->fresh = false;
        domain->not_before = now + again_.count();
    }
    if (repeating != 0) repeats_not_before_ = now + std::min(rest * repeating, longest_rest);
    return changed;
}

std::int64_t StoreDomains::due_at(const Followed& domain) const {
    if (!domain.stale.any()) return never;
    return domain.fresh ? 0 : std::max(domain.not_before, repeats_not_before_);
}

std::vector<StoreDomains::Followed*> StoreDomains::due(std::int64_t now) {
    std::vector<Followed*> found;
    for (auto& [domid, domain] : domains_) {
        if (due_at(domain) <= now) found.push_back(&domain);
    }
    std::ranges::sort(found, {}, [](const Followed* domain) { return std::pair(!domain->fresh, domain->stale_since); });
    return found;
}

std::int64_t StoreDomains::next_due() const {
    std::int64_t next = never;
    for (const auto& [domid, domain] : domains_) next = std::min(next, due_at(domain));
    return next;
}

std::vector<DomainFacts> StoreDomains::facts() const {
    std::vector<DomainFacts> known;
    known.reserve(domains_.size());
    for (const auto& [domid, domain] : domains_) {
        if (domain.known) known.push_back(domain.facts);
    }
    return known;
}

}  // namespace virtscope::xen

#include "top/view/sort.h"

#include <algorithm>
#include <array>
#include <limits>

#include "top/view/figures.h"

namespace virtscope::top {
namespace {

constexpr std::array names{
    SortName{SortKey::cpu, "cpu", "%CPU"},
    SortName{SortKey::cpu, "processor", "%CPU"},
    SortName{SortKey::memory, "mem", "%MEM"},
    SortName{SortKey::memory, "memory", "%MEM"},
    SortName{SortKey::time, "time", "TIME (CPU time)"},
    SortName{SortKey::id, "id", "Domain ID"},
    SortName{SortKey::name, "name", "Domain name"},
    SortName{SortKey::net_rx, "netrx", "Net RX bytes"},
    SortName{SortKey::net_tx, "nettx", "Net TX bytes"},
    SortName{SortKey::block_read, "blockrdrq", "Block read reqs"},
    SortName{SortKey::block_write, "blockwrrq", "Block write reqs"},
    SortName{SortKey::steal, "steal", "%STL"},
};

std::optional<double> number(std::optional<std::uint64_t> value) {
    if (!value) return std::nullopt;
    return static_cast<double>(*value);
}

// What a guest is ranked by: more is earlier. By id and name the tie-breakers below decide alone.
std::optional<double> rank(const FramePair& pair, SortKey key, bool block_bytes, std::size_t guest) {
    switch (key) {
        case SortKey::cpu: return pair.rate(guest, GuestMetric::cpu_time);
        case SortKey::memory: return number(memory_of(*pair.now(), guest));
        case SortKey::time: return number(pair.now()->get(guest, GuestMetric::cpu_time));
        case SortKey::net_rx: return rate_sum(pair, guest, NicMetric::rx_bytes);
        case SortKey::net_tx: return rate_sum(pair, guest, NicMetric::tx_bytes);
        case SortKey::block_read:
            return rate_sum(pair, guest, block_bytes ? DiskMetric::read_bytes : DiskMetric::read_ops);
        case SortKey::block_write:
            return rate_sum(pair, guest, block_bytes ? DiskMetric::write_bytes : DiskMetric::write_ops);
        case SortKey::steal: return steal_percent(pair, guest);
        case SortKey::id:
        case SortKey::name: break;
    }
    return std::nullopt;
}

struct Ranked {
    double rank;
    std::size_t guest;
};

class Earlier {
public:
    Earlier(const FramePair& pair, SortKey key) : guests_(pair.now()->roster->guests), by_name_(key == SortKey::name) {}

    bool operator()(const Ranked& a, const Ranked& b) const {
        if (a.rank != b.rank) return a.rank > b.rank;
        const RosterGuest& one = guests_[a.guest];
        const RosterGuest& other = guests_[b.guest];
        if (by_name_ && one.name != other.name) return one.name < other.name;
        if (one.local_id != other.local_id) return one.local_id < other.local_id;
        return a.guest < b.guest;
    }

private:
    const std::vector<RosterGuest>& guests_;
    bool by_name_;
};

std::vector<Ranked> ranked_guests(const FramePair& pair, SortKey key, bool block_bytes) {
    std::vector<Ranked> ranked(pair.now()->roster->guests.size());
    for (std::size_t guest = 0; guest < ranked.size(); ++guest) {
        const auto value = rank(pair, key, block_bytes, guest);
        ranked[guest] = {value.value_or(-std::numeric_limits<double>::infinity()), guest};
    }
    return ranked;
}

}  // namespace

std::span<const SortName> sort_names() { return names; }

std::optional<SortKey> sort_by_name(std::string_view option) {
    const auto found = std::ranges::find(names, option, &SortName::option);
    if (found == names.end()) return std::nullopt;
    return found->key;
}

std::string_view sort_title(SortKey key) { return std::ranges::find(names, key, &SortName::key)->title; }

std::vector<std::size_t> order(const FramePair& pair, SortKey key, bool block_bytes, std::size_t first,
                               std::size_t count) {
    const std::size_t total = pair.now()->roster->guests.size();
    first = std::min(first, total);
    count = std::min(count, total - first);
    auto ranked = ranked_guests(pair, key, block_bytes);
    const Earlier earlier(pair, key);
    const auto begin = ranked.begin() + static_cast<std::ptrdiff_t>(first);
    const auto end = begin + static_cast<std::ptrdiff_t>(count);
    if (begin != ranked.begin() && begin != ranked.end())
        std::nth_element(ranked.begin(), begin, ranked.end(), earlier);
    std::partial_sort(begin, end, ranked.end(), earlier);
    std::vector<std::size_t> rows;
    rows.reserve(count);
    for (auto place = begin; place != end; ++place) rows.push_back(place->guest);
    return rows;
}

std::size_t place_of(const FramePair& pair, SortKey key, bool block_bytes, std::size_t guest) {
    const auto ranked = ranked_guests(pair, key, block_bytes);
    const Earlier earlier(pair, key);
    const auto is_before = [&](const Ranked& other) { return earlier(other, ranked[guest]); };
    return static_cast<std::size_t>(std::ranges::count_if(ranked, is_before));
}

std::vector<std::size_t> all_by_id(const FramePair& pair) {
    return order(pair, SortKey::id, false, 0, pair.now()->roster->guests.size());
}

}  // namespace virtscope::top

#include "core/catalogue.h"

#include <algorithm>
#include <array>

namespace virtscope {
namespace {

#define VIRTSCOPE_ROW(scope, name, unit, kind, help) Metric{Scope::scope, #name, Unit::unit, Kind::kind, help},
constexpr std::array all_metrics{
#define VIRTSCOPE_HOST(...) VIRTSCOPE_ROW(Host, __VA_ARGS__)
#define VIRTSCOPE_GUEST(...) VIRTSCOPE_ROW(Guest, __VA_ARGS__)
#define VIRTSCOPE_VCPU(...) VIRTSCOPE_ROW(Vcpu, __VA_ARGS__)
#define VIRTSCOPE_DISK(...) VIRTSCOPE_ROW(Disk, __VA_ARGS__)
#define VIRTSCOPE_NIC(...) VIRTSCOPE_ROW(Nic, __VA_ARGS__)
#define VIRTSCOPE_AGENT(...) VIRTSCOPE_ROW(Agent, __VA_ARGS__)
#define VIRTSCOPE_CPU(...) VIRTSCOPE_ROW(Cpu, __VA_ARGS__)
#define VIRTSCOPE_NODE(...) VIRTSCOPE_ROW(Node, __VA_ARGS__)
#define VIRTSCOPE_FILESYSTEM(...) VIRTSCOPE_ROW(Filesystem, __VA_ARGS__)
#define VIRTSCOPE_DISPLAY(...) VIRTSCOPE_ROW(Display, __VA_ARGS__)
#include "core/catalogue.def"
};
#undef VIRTSCOPE_ROW

constexpr std::array<std::string_view, scope_count> scope_names{"host",  "guest", "vcpu", "disk",       "nic",
                                                                "agent", "cpu",   "node", "filesystem", "display"};

template <MetricOfScope M>
constexpr bool columns_match() {
    const auto rows = std::ranges::count(all_metrics, scope_of<M>, &Metric::scope);
    return rows == static_cast<std::ptrdiff_t>(M::count) && rows <= 64;
}
static_assert(columns_match<HostMetric>() && columns_match<GuestMetric>() && columns_match<VcpuMetric>());
static_assert(columns_match<DiskMetric>() && columns_match<NicMetric>() && columns_match<AgentMetric>());
static_assert(columns_match<CpuMetric>() && columns_match<NodeMetric>());
static_assert(columns_match<FilesystemMetric>() && columns_match<DisplayMetric>());

constexpr std::uint64_t fold(std::uint64_t hash, std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return hash;
}

}  // namespace

std::span<const Metric> metrics(Scope scope) {
    const auto rows = std::ranges::equal_range(all_metrics, scope, {}, &Metric::scope);
    return {rows.begin(), rows.end()};
}

std::string_view scope_name(Scope scope) { return scope_names.at(static_cast<std::size_t>(scope)); }

std::optional<Scope> scope_by_name(std::string_view name) {
    const auto* const found = std::ranges::find(scope_names, name);
    if (found == scope_names.end()) return std::nullopt;
    return static_cast<Scope>(found - scope_names.begin());
}

std::optional<std::size_t> column_by_name(Scope scope, std::string_view name) {
    const auto rows = metrics(scope);
    const auto found = std::ranges::find(rows, name, &Metric::name);
    if (found == rows.end()) return std::nullopt;
    return static_cast<std::size_t>(found - rows.begin());
}

std::uint64_t catalogue_fingerprint() {
    std::uint64_t hash = 0xcbf29ce484222325ULL;
    for (const Metric& metric : all_metrics) {
        hash = fold(hash, metric.name);
        for (const auto part : {static_cast<unsigned>(metric.scope), static_cast<unsigned>(metric.unit),
                                static_cast<unsigned>(metric.kind)}) {
            hash = (hash ^ (part + 1)) * 0x100000001b3ULL;
        }
    }
    return hash;
}

}  // namespace virtscope

// The metric catalogue: what virtscope knows how to say about a host and its guests.
//
// One table, core/catalogue.def, gives every metric its name, scope, unit, kind and help. From it
// come an enum per scope (HostMetric, GuestMetric, … = the columns of a frame) and, for those who
// walk over all metrics, the rows themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace virtscope {

// What a metric belongs to. The order is the order of tables in a frame.
enum class Scope : std::uint8_t { Host, Guest, Vcpu, Disk, Nic, Agent, Cpu, Node, Filesystem, Display };
inline constexpr std::size_t scope_count = 10;

// count, bytes, … as stored; thousandths: 1500 means 1.5; state: a GuestState; flag: 0 or 1.
enum class Unit : std::uint8_t { count, bytes, nanoseconds, epoch_nanoseconds, hertz, thousandths, state, flag };

// A counter only grows while its instance lives; a gauge is what it is.
enum class Kind : std::uint8_t { counter, gauge };

struct Metric {
    Scope scope;
    std::string_view name;
    Unit unit;
    Kind kind;
    std::string_view help;
};

// The columns of each scope's table.
#define VIRTSCOPE_COLUMN(name, ...) name,
enum class HostMetric : std::uint8_t {
#define VIRTSCOPE_HOST VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
enum class GuestMetric : std::uint8_t {
#define VIRTSCOPE_GUEST VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
enum class VcpuMetric : std::uint8_t {
#define VIRTSCOPE_VCPU VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
enum class DiskMetric : std::uint8_t {
#define VIRTSCOPE_DISK VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
enum class NicMetric : std::uint8_t {
#define VIRTSCOPE_NIC VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
enum class AgentMetric : std::uint8_t {
#define VIRTSCOPE_AGENT VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
enum class CpuMetric : std::uint8_t {
#define VIRTSCOPE_CPU VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
enum class NodeMetric : std::uint8_t {
#define VIRTSCOPE_NODE VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
enum class FilesystemMetric : std::uint8_t {
#define VIRTSCOPE_FILESYSTEM VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
enum class DisplayMetric : std::uint8_t {
#define VIRTSCOPE_DISPLAY VIRTSCOPE_COLUMN
#include "core/catalogue.def"
    count
};
#undef VIRTSCOPE_COLUMN

// scope_of<GuestMetric> is Scope::Guest, and so on; other types have none.
template <class M>
struct ScopeOf;
template <>
struct ScopeOf<HostMetric> {
    static constexpr Scope value = Scope::Host;
};
template <>
struct ScopeOf<GuestMetric> {
    static constexpr Scope value = Scope::Guest;
};
template <>
struct ScopeOf<VcpuMetric> {
    static constexpr Scope value = Scope::Vcpu;
};
template <>
struct ScopeOf<DiskMetric> {
    static constexpr Scope value = Scope::Disk;
};
template <>
struct ScopeOf<NicMetric> {
    static constexpr Scope value = Scope::Nic;
};
template <>
struct ScopeOf<AgentMetric> {
    static constexpr Scope value = Scope::Agent;
};
template <>
struct ScopeOf<CpuMetric> {
    static constexpr Scope value = Scope::Cpu;
};
template <>
struct ScopeOf<NodeMetric> {
    static constexpr Scope value = Scope::Node;
};
template <>
struct ScopeOf<FilesystemMetric> {
    static constexpr Scope value = Scope::Filesystem;
};
template <>
struct ScopeOf<DisplayMetric> {
    static constexpr Scope value = Scope::Display;
};

template <class M>
concept MetricOfScope = requires {
    ScopeOf<M>::value;
};
template <MetricOfScope M>
inline constexpr Scope scope_of = ScopeOf<M>::value;

// The metrics of one scope, in column order.
std::span<const Metric> metrics(Scope scope);

// "host", "guest", … as shown to users.
std::string_view scope_name(Scope scope);
std::optional<Scope> scope_by_name(std::string_view name);

// The column of a metric in its scope's table.
std::optional<std::size_t> column_by_name(Scope scope, std::string_view name);

// Changes whenever a row, an order, a unit or a kind changes: a ring written under one catalogue is
// not read under another as if nothing had happened.
std::uint64_t catalogue_fingerprint();

}  // namespace virtscope

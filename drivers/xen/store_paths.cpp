#include "drivers/xen/store_paths.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

namespace virtscope::xen {
namespace {

constexpr std::string_view backends = "/local/domain/0/backend";

constexpr std::array<std::string_view, 4> disk_leaves{"dev", "params", "sectors", "sector-size"};
constexpr std::array<std::string_view, 2> network_leaves{"vifname", "bridge"};

bool is_read(Kind kind, std::string_view leaf) {
    const auto leaves = leaves_of(kind);
    return std::ranges::find(leaves, leaf) != leaves.end();
}

// The part up to the next slash, which is taken off `path`.
std::string_view next_part(std::string_view& path) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    path.remove_prefix(std::min(end + 1, path.size()));
    return part;
}

// `path`: what comes below the directory of all backends.
std::optional<Change> backend_change(std::string_view path) {
    Change change;
    const std::string_view directory = next_part(path);
    const auto* const kind = std::ranges::find(all_kinds, directory, name_of);
    if (kind == all_kinds.end()) return std::nullopt;
    change.kinds = bit_of(*kind);
    if (path.empty()) return change;
    change.domid = index_of(next_part(path));
    if (!change.domid) return std::nullopt;
    if (path.empty()) return change;
    change.device = index_of(next_part(path));
    if (!change.device || (!path.empty() && !is_read(*kind, path))) return std::nullopt;
    return change;
}

// `path`: what comes below /local/domain. A directory that is removed takes what is below along.
std::optional<Change> domain_change(std::string_view path) {
    Change change;
    change.domid = index_of(next_part(path));
    if (!change.domid) return std::nullopt;
    change.name = path.empty() || path == "name";
    change.target = path.empty() || path == "memory" || path == "memory/target";
    if (!change.name && !change.target) return std::nullopt;
    return change;
}

}  // namespace

std::string_view name_of(Kind kind) {
    switch (kind) {
        case Kind::vbd: return "vbd";
        case Kind::qdisk: return "qdisk";
        case Kind::vbd3: return "vbd3";
        case Kind::vif: return "vif";
    }
    return {};
}

std::span<const std::string_view> leaves_of(Kind kind) {
    if (kind == Kind::vif) return network_leaves;
    return disk_leaves;
}

std::string name_path(std::uint32_t domid) { return fmt::format("/local/domain/{}/name", domid); }

std::string target_path(std::uint32_t domid) { return fmt::format("/local/domain/{}/memory/target", domid); }

std::string most_path(std::uint32_t domid) { return fmt::format("/local/domain/{}/memory/static-max", domid); }

std::string start_path(const Uuid& uuid) { return fmt::format("/vm/{}/start_time", uuid.text()); }

std::string backend_path(Kind kind) { return fmt::format("{}/{}", backends, name_of(kind)); }

std::string backend_path(Kind kind, std::uint32_t domid) {
    return fmt::format("{}/{}/{}", backends, name_of(kind), domid);
}

std::string backend_path(Kind kind, std::uint32_t domid, unsigned device) {
    return fmt::format("{}/{}/{}/{}", backends, name_of(kind), domid, device);
}

std::optional<Change> change_of(std::string_view path) {
    constexpr std::string_view domains = "/local/domain/";
    if (path == "/" || path == "/local" || path == "/local/domain" || path == "/local/domain/0") {
        return Change{.name = true, .target = true, .kinds = every_kind};
    }
    if (path == backends) return Change{.kinds = every_kind};
    if (path.starts_with(backends) && path[backends.size()] == '/') {
        return backend_change(path.substr(backends.size() + 1));
    }
    if (path.starts_with(domains)) return domain_change(path.substr(domains.size()));
    return std::nullopt;
}

std::optional<std::uint32_t> index_of(std::string_view text) {
    std::uint32_t index = 0;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), index);
    if (parsed.ec != std::errc{} || parsed.ptr != text.data() + text.size()) return std::nullopt;
    if (text.size() > 1 && text.front() == '0') return std::nullopt;
    return index;
}

}  // namespace virtscope::xen

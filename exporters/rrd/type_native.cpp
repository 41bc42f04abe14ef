#include "exporters/rrd/file_type.h"

#include <fmt/format.h>

namespace virtscope::exporters::rrd {
namespace {

Merge merge_of(const Metric& metric) {
    if (metric.kind == Kind::counter) return Merge::derive;
    const bool has_mean =
        metric.unit != Unit::state && metric.unit != Unit::flag && metric.unit != Unit::epoch_nanoseconds;
    return has_mean ? Merge::mean : Merge::last;
}

std::vector<FileType> make() {
    std::vector<FileType> types;
    for (std::size_t s = 0; s < scope_count; ++s) {
        const auto scope = static_cast<Scope>(s);
        FileType type{.scope = scope, .name = std::string(scope_name(scope)), .sources = {}};
        const auto columns = metrics(scope);
        for (std::size_t c = 0; c < columns.size(); ++c) {
            type.sources.push_back({.name = std::string(columns[c].name), .column = c, .merge = merge_of(columns[c])});
        }
        types.push_back(std::move(type));
    }
    return types;
}

}  // namespace

std::string definition(const Source& source, std::int64_t heartbeat) {
    const bool counts = source.merge == Merge::derive;
    return fmt::format("DS:{}:{}:{}:0:U", source.name, counts ? "DERIVE" : "GAUGE", heartbeat);
}

std::span<const FileType> native_types() {
    static const std::vector<FileType> types = make();
    return types;
}

}  // namespace virtscope::exporters::rrd

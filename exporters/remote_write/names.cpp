#include "exporters/remote_write/names.h"

#include "core/frame.h"
#include "exporters/remote_write/wire.h"

namespace virtscope::exporters::remote_write {
namespace {

std::string name_label(std::string_view name) {
    std::string label;
    append_label(label, "__name__", name);
    return label;
}

template <class State, class NameOf>
std::vector<std::string> state_labels(std::string_view set, std::size_t count, NameOf name_of) {
    std::vector<std::string> labels(count);
    for (std::size_t s = 0; s < count; ++s) append_label(labels[s], set, name_of(static_cast<State>(s)));
    return labels;
}

}  // namespace

Names::Names(const Filter& filter) {
    for (const ExportedMetric& metric : exported_metrics()) {
        if (!filter.allows_metric(metric.name)) continue;
        const auto scope = static_cast<std::size_t>(metric.scope);
        NamedMetric& named = metrics.at(scope).emplace_back();
        named.metric = &metric;
        named.name = name_label(metric.name);
        if (metric.is_state) named.states = state_labels<GuestState>(metric.family, guest_state_count, state_name);
        columns.at(scope) |= std::uint64_t{1} << metric.column;
    }
    constexpr const char* quality_family = "virt_guest_quality";
    if (filter.allows_metric(quality_family)) {
        quality.name = name_label(quality_family);
        quality.states = state_labels<Quality>(quality_family, quality_count, quality_name);
    }
    constexpr const char* age_family = "virt_guest_sample_age_seconds";
    if (filter.allows_metric(age_family)) age.name = name_label(age_family);
}

}  // namespace virtscope::exporters::remote_write

#include "exporters/base/own_form.h"

#include <cmath>

namespace virtscope::exporters {
namespace {

void drop_prefix(std::string_view& text, std::string_view prefix) {
    if (text.starts_with(prefix)) text.remove_prefix(prefix.size());
}

void drop_suffix(std::string_view& text, std::string_view suffix) {
    if (text.ends_with(suffix)) text.remove_suffix(suffix.size());
}

}  // namespace

std::string stem_of(const OwnMetric& metric) {
    std::string_view stem = metric.name;
    drop_prefix(stem, "virt_exporter_");
    drop_suffix(stem, "_total");
    if (!metric.unit.empty()) drop_suffix(stem, "_" + std::string(metric.unit));
    return std::string(stem);
}

double stored_value(const OwnMetric& metric) {
    const double value = metric.unit == "seconds" ? metric.value * 1e9 : metric.value;
    return std::round(value);
}

CollectdForm collectd_form(const OwnMetric& metric) {
    const bool counts = metric.kind == Kind::counter;
    // CPU time in the type that it has of guests, so that the two compare.
    if (counts && metric.unit == "seconds") return {"virt_cpu_total", "value", {}, stored_value(metric)};
    if (counts) return {"derive", "value", stem_of(metric), stored_value(metric)};
    if (metric.unit == "seconds") return {"duration", "seconds", stem_of(metric), metric.value};
    if (metric.unit == "bytes") return {"memory", "value", stem_of(metric), metric.value};
    return {"gauge", "value", stem_of(metric), metric.value};
}

}  // namespace virtscope::exporters

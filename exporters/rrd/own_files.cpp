#include "exporters/rrd/own_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "exporters/base/census.h"
#include "exporters/base/own_form.h"
#include "exporters/rrd/file_name.h"

namespace virtscope::exporters::rrd {
namespace {

Source source(std::string name, Kind kind) {
    return {.name = std::move(name), .column = no_column, .merge = kind == Kind::counter ? Merge::derive : Merge::last};
}

}  // namespace

OwnFiles::OwnFiles(bool collectd, const Filter& filter, std::chrono::seconds step, std::span<const OwnMetric> known)
    : collectd_(collectd), step_(step.count()) {
    for (const OwnMetric& metric : known) {
        if (!filter.allows_metric(std::string(metric.name))) continue;
        const CollectdForm form = collectd_form(metric);
        if (collectd || files_.empty())
            files_.push_back({.type = {.scope = Scope::Agent, .name = "exporter", .sources = {}},
                              .metrics = {},
                              .file = "exporter"});
        Own& own = files_.back();
        own.metrics.push_back(metric.name);
        own.type.sources.push_back(source(collectd ? std::string(form.source) : stem_of(metric), metric.kind));
        if (!collectd) continue;
        own.type.name = form.type;
        own.file = std::string(form.type) + (form.instance.empty() ? "" : "-" + form.instance);
    }
}

// RRDtool takes counters only as digits.
std::string OwnFiles::text_of(const OwnMetric& metric) const {
    const double value = collectd_ ? collectd_form(metric).value : stored_value(metric);
    return metric.kind == Kind::counter ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

void OwnFiles::place(std::string_view host) {
    if (host == host_ && !series_.empty()) return;
    host_ = host;
    series_.clear();
    const std::string folder =
        collectd_ ? fmt::format("{}/{}-rrd", file_name(exported_text(host_)), own_plugin) : std::string("host");
    for (const Own& own : files_)
        series_.emplace_back(PlannedFile{.path = folder + "/" + own.file + ".rrd", .type = &own.type});
}

void OwnFiles::add_to(Step& step, std::string_view host, std::span<const OwnMetric> metrics) {
    place(host);
    for (std::size_t i = 0; i < files_.size(); ++i) {
        const std::size_t begin = step.text.size();
        bool any = false;
        for (const std::string_view name : files_[i].metrics) {
            const auto found = std::ranges::find(metrics, name, &OwnMetric::name);
            any = any || found != metrics.end();
            step.text += found == metrics.end() ? ":U" : ":" + text_of(*found);
        }
        if (!any) {
            step.text.resize(begin);
            continue;
        }
        const bool anew = series_[i].begins_anew(step.end, step_);
        step.values.push_back(
            {.series = &series_[i], .anew = anew, .begin = begin, .length = step.text.size() - begin});
    }
}

}  // namespace virtscope::exporters::rrd

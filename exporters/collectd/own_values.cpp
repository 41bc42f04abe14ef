#include "exporters/collectd/own_values.h"

#include <array>
#include <string>
#include <vector>

#include "exporters/base/own_form.h"
#include "exporters/collectd/identifier.h"

namespace virtscope::exporters::collectd {
namespace {

std::vector<OwnMetric> metrics_of(const OwnValues& own, const Tally& tally) {
    auto metrics = own.cpu ? tally_metrics(tally) : own_metrics(tally);
    const auto add = [&](std::string_view name, std::string_view unit, double value) {
        metrics.push_back({name, unit, "", Kind::counter, value});
    };
    if (own.cpu) add("virt_exporter_cpu_seconds_total", "seconds", static_cast<double>(*own.cpu) / 1e9);
    add("virt_exporter_samples_total", "", static_cast<double>(own.samples));
    return metrics;
}

}  // namespace

void send_own(const OwnValues& own, const Tally& tally, const Filter& filter, Sink& sink) {
    const std::string host = field(own.host);
    for (const OwnMetric& metric : metrics_of(own, tally)) {
        const CollectdForm form = collectd_form(metric);
        if (!filter.allows_metric(std::string(form.type))) continue;
        Value value{.is_gauge = metric.kind == Kind::gauge};
        if (value.is_gauge)
            value.gauge = form.value;
        else
            value.derive = static_cast<std::int64_t>(form.value);
        const std::array values{value};
        sink.send(Sample{.host = host,
                         .plugin = own_plugin,
                         .plugin_instance = own.exporter,
                         .type = form.type,
                         .type_instance = form.instance,
                         .values = values,
                         .time = own.time,
                         .interval = own.interval});
    }
}

}  // namespace virtscope::exporters::collectd

// An exporter's own metrics where names are not Prometheus' ones: as data sources of RRDs and as series of collectd.
// They follow from those of own.h by rule.
#pragma once

#include <string>
#include <string_view>

#include "exporters/base/own.h"

namespace virtscope::exporters {

// What collectd calls the plugin: no guest's, whatever guests are called. Its instance is the exporter's name.
inline constexpr std::string_view own_plugin = "virt_exporter";

// "lag" of virt_exporter_lag_seconds, "frames_lost" of virt_exporter_frames_lost_total.
std::string stem_of(const OwnMetric& metric);
// As the ring stores such things: times in ns.
double stored_value(const OwnMetric& metric);

struct CollectdForm {
    std::string_view type;    // of collectd's types.db: "duration"
    std::string_view source;  // the type's only data source: "seconds"
    std::string instance;     // the type instance: "lag"
    double value;             // a whole number for counters
};
CollectdForm collectd_form(const OwnMetric& metric);

}  // namespace virtscope::exporters

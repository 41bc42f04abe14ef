#include <array>

#include "exporters/collectd/exec.h"
#include "exporters/exporter.h"

namespace virtscope::exporters {

std::span<const Exporter> all_exporters() {
    static const std::array exporters{
        prometheus_exporter,
        rrd_exporter,
        graph_exporter,
        remote_write_exporter,
        Exporter{"collectd-exec", "Values for collectd's exec plugin, on standard output", collectd::declare_exec},
    };
    return exporters;
}

}  // namespace virtscope::exporters

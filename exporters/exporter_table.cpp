#include <array>

#include "exporters/exporter.h"

namespace virtscope::exporters {

std::span<const Exporter> all_exporters() {
    static const std::array exporters{prometheus_exporter, rrd_exporter, graph_exporter};
    return exporters;
}

}  // namespace virtscope::exporters

#include <array>

#include "exporters/exporter.h"

namespace virtscope::exporters {

std::span<const Exporter> all_exporters() {
    static const std::array<Exporter, 0> exporters{};
    return exporters;
}

}  // namespace virtscope::exporters

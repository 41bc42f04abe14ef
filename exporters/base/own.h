// What an exporter says of itself, the same for all: how far behind it is, what it lost, what it costs.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/catalogue.h"

namespace virtscope::exporters {

// What the exporter knows; the cost is asked of the kernel.
struct Tally {
    std::uint64_t frames = 0;         // exported
    std::uint64_t lost = 0;           // frames of the ring that could not be
    std::uint64_t errors = 0;         // times that exporting failed
    std::optional<std::int64_t> lag;  // ns between the newest frame and the last one exported; none: not known
};

struct OwnMetric {
    std::string_view name;  // of its samples: "virt_exporter_lag_seconds"
    std::string_view unit;  // "seconds", "bytes", ""
    std::string_view help;
    Kind kind;
    double value;
};

// What is not known is left out.
std::vector<OwnMetric> own_metrics(const Tally& tally);
// Only CPU and memory, for an exporter that has another tally.
std::vector<OwnMetric> cost_metrics();
// Only the tally, for one whose process is not its own.
std::vector<OwnMetric> tally_metrics(const Tally& tally);

}  // namespace virtscope::exporters

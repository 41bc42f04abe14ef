#include "exporters/base/own.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace virtscope;
using namespace virtscope::exporters;

TEST_CASE("an exporter tells what it did and costs; what it does not know it leaves out") {
    const auto value = [](const std::vector<OwnMetric>& metrics, std::string_view name) {
        const auto found = std::ranges::find(metrics, name, &OwnMetric::name);
        return found == metrics.end() ? -1.0 : found->value;
    };
    const auto metrics = own_metrics({.frames = 7, .lost = 2, .errors = 1, .lag = {}});
    CHECK(value(metrics, "virt_exporter_frames_total") == 7);
    CHECK(value(metrics, "virt_exporter_frames_lost_total") == 2);
    CHECK(value(metrics, "virt_exporter_errors_total") == 1);
    CHECK(value(metrics, "virt_exporter_cpu_seconds_total") > 0);
    CHECK(value(metrics, "virt_exporter_resident_memory_bytes") > 100'000);
    CHECK(value(metrics, "virt_exporter_lag_seconds") == -1);
    CHECK(value(own_metrics({.frames = 0, .lost = 0, .errors = 0, .lag = 1'500'000'000}),
                "virt_exporter_lag_seconds") == 1.5);
    for (const OwnMetric& metric : metrics) {
        CHECK(metric.name.ends_with("_total") == (metric.kind == Kind::counter));
    }
}

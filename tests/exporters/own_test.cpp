#include "exporters/base/own.h"
#include "exporters/base/own_form.h"

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

TEST_CASE("names and types elsewhere follow from the metric's name") {
    const OwnMetric cpu{"virt_exporter_cpu_seconds_total", "seconds", "", Kind::counter, 1.5};
    const OwnMetric lag{"virt_exporter_lag_seconds", "seconds", "", Kind::gauge, 1.5};
    const OwnMetric memory{"virt_exporter_resident_memory_bytes", "bytes", "", Kind::gauge, 4096};
    const OwnMetric lost{"virt_exporter_frames_lost_total", "", "", Kind::counter, 3};
    CHECK(stem_of(cpu) == "cpu");
    CHECK(stem_of(lag) == "lag");
    CHECK(stem_of(memory) == "resident_memory");
    CHECK(stem_of(lost) == "frames_lost");
    CHECK(stored_value(lag) == 1.5e9);
    CHECK(stored_value(memory) == 4096);
    const auto series = [](const OwnMetric& metric) {
        const CollectdForm form = collectd_form(metric);
        return std::string(form.type) + "-" + form.instance + " " + std::string(form.source) + " " +
               std::to_string(static_cast<std::int64_t>(form.value * 10));
    };
    CHECK(series(cpu) == "virt_cpu_total- value 15000000000");
    CHECK(series(lag) == "duration-lag seconds 15");
    CHECK(series(memory) == "memory-resident_memory value 40960");
    CHECK(series(lost) == "derive-frames_lost value 30");
}

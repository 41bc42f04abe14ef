#include "exporters/base/own.h"

#include <fstream>

#include <unistd.h>

#include "core/clock.h"

namespace virtscope::exporters {
namespace {

double seconds(std::int64_t nanoseconds) { return static_cast<double>(nanoseconds) / 1e9; }

std::optional<double> resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t all = 0, resident = 0;
    if (!(statm >> all >> resident)) return std::nullopt;
    return static_cast<double>(resident) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

std::vector<OwnMetric> cost_metrics() {
    std::vector<OwnMetric> metrics{{"virt_exporter_cpu_seconds_total", "seconds", "CPU time of the exporter",
                                    Kind::counter, seconds(clock_ns(CLOCK_PROCESS_CPUTIME_ID))}};
    if (const auto bytes = resident_bytes()) {
        metrics.push_back(
            {"virt_exporter_resident_memory_bytes", "bytes", "Memory of the exporter (RSS)", Kind::gauge, *bytes});
    }
    return metrics;
}

std::vector<OwnMetric> own_metrics(const Tally& tally) {
    std::vector<OwnMetric> metrics = cost_metrics();
    for (const OwnMetric& metric : tally_metrics(tally)) metrics.push_back(metric);
    return metrics;
}

std::vector<OwnMetric> tally_metrics(const Tally& tally) {
    std::vector<OwnMetric> metrics;
    const auto add_count = [&](std::string_view name, std::string_view help, std::uint64_t count) {
        metrics.push_back({name, "", help, Kind::counter, static_cast<double>(count)});
    };
    add_count("virt_exporter_frames_total", "Frames of the ring that were exported", tally.frames);
    add_count("virt_exporter_frames_lost_total",
              "Frames that were overwritten or damaged before they could be exported", tally.lost);
    add_count("virt_exporter_errors_total", "Times that exporting failed", tally.errors);
    if (tally.lag) {
        metrics.push_back({"virt_exporter_lag_seconds", "seconds", "How far the exporter is behind the ring",
                           Kind::gauge, seconds(*tally.lag)});
    }
    return metrics;
}

}  // namespace virtscope::exporters

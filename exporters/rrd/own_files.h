// OwnFiles: what the exporter says of itself, as files beside those of the guests.
//
//     native     host/exporter.rrd
//     collectd   HOST/virt_exporter-rrd/duration-lag.rrd  …/derive-frames_lost.rrd  …/virt_cpu_total.rrd …
#pragma once

#include <chrono>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "exporters/base/filter.h"
#include "exporters/base/own.h"
#include "exporters/rrd/stepper.h"

namespace virtscope::exporters::rrd {

class OwnFiles {
public:
    // `known`: all metrics that there may be, whatever their values. It outlives all steps it added to.
    OwnFiles(bool collectd, const Filter& filter, std::chrono::seconds step, std::span<const OwnMetric> known);

    // `host`: the host's name. A metric that is not among those known is left out, one that is lacking is unknown.
    void add_to(Step& step, std::string_view host, std::span<const OwnMetric> metrics);

private:
    struct Own {
        FileType type;
        std::vector<std::string_view> metrics;  // the name of each source's
        std::string file;                       // below the folder, without ".rrd"
    };

    void place(std::string_view host);
    std::string text_of(const OwnMetric& metric) const;

    bool collectd_;
    std::int64_t step_;  // s
    std::deque<Own> files_;
    std::string host_;
    std::deque<Series> series_;  // one a file
};

}  // namespace virtscope::exporters::rrd

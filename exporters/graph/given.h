// What `virtscope-export graph` is told on its command line, and what it means.
#pragma once

#include <string>

#include <CLI/CLI.hpp>

#include "exporters/graph/figures.h"
#include "exporters/rrd/options.h"

namespace virtscope::exporters::graph {

// ns; 1980: RRDtool takes smaller numbers for times of day.
inline constexpr std::int64_t earliest = 315'532'800'000'000'000;

struct Words {
    std::string subject, kind = "cpu", from, to, output;
    unsigned width = 900, height = 0;
    rrd::Words rrd;  // --dir, --layout, --rrdcached
};

void declare_options(CLI::App& app, Words& words);

// `newest`: realtime ns of the end where none is given. Errors: malformed.
Result<TimeRange> range_of(const Words& words, std::int64_t newest);

// Whom files belong to: the ring knows names; without it a UUID will do, and in collectd's layout a name. Errors:
// absent, busy (several guests of that name).
Result<Subject> subject_of(const Words& words, const std::string& ring, const rrd::LayoutOptions& layout,
                           const TimeRange& range);

}  // namespace virtscope::exporters::graph

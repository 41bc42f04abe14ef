// Which archives (RRAs) a file gets: how long it remembers, and how finely.
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace virtscope::exporters::rrd {

enum class Archives {
    collectd,  // an hour, a day, a week, a month, a year; AVERAGE, MIN, MAX; 1,200 rows each: 144 kB a data source
    compact,   // two hours of steps, a day of minutes, ten days of 10 min, a year of 6 h; AVERAGE, MAX: 81 kB
};

// "RRA:AVERAGE:0.1:1:1200", …, as RRDtool takes them.
std::vector<std::string> archive_definitions(Archives archives, std::chrono::seconds step);

}  // namespace virtscope::exporters::rrd

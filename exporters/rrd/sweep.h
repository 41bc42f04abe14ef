// Sweep: files of guests and devices that are gone for long are removed, where that is wanted.
#pragma once

#include <chrono>
#include <string>
#include <unordered_set>

#include "exporters/rrd/store.h"

namespace virtscope::exporters::rrd {

struct Sweeping {
    std::string folder;
    bool collectd = true;  // the layout: UUID/*.rrd, or */virt*/*.rrd; nothing else is touched
    std::chrono::seconds keep;
    std::unordered_set<std::string> listed;  // paths below folder that are written to
};

// Removes what was not written to for that long (by the file's time) and is not listed, and folders that become empty;
// links are not followed. rrdcached is told to forget each first. Answers how many files went; what could not be
// removed is complained about.
std::size_t sweep(const Sweeping& sweeping, Store& store);

}  // namespace virtscope::exporters::rrd

// Names: what of a series' labels follows from the catalogue and the filter alone; made once.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "exporters/base/filter.h"
#include "exporters/base/names.h"

namespace virtscope::exporters::remote_write {

// A StateSet or what is like one: a label VIRT_… per state; empty: a plain series.
struct NamedSeries {
    std::string name;                 // __name__, encoded (wire.h)
    std::vector<std::string> states;  // the set's label, encoded, for each state
};

struct NamedMetric : NamedSeries {
    const ExportedMetric* metric = nullptr;
};

struct Names {
    explicit Names(const Filter& filter);

    // Of each scope those that the filter lets through, in the catalogue's order.
    std::array<std::vector<NamedMetric>, scope_count> metrics;
    // Bit c: column c is among them.
    std::array<std::uint64_t, scope_count> columns{};
    // Of each guest, beside the catalogue; without a name where they are filtered out.
    NamedSeries quality, age;
};

}  // namespace virtscope::exporters::remote_write

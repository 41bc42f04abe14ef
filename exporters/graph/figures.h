// Figures: where a graph's curves come from: the ring, or RRDs. Both define RRDtool's variables by DEF and CDEF.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/history/column.h"
#include "core/result.h"
#include "core/ring/reader.h"
#include "exporters/rrd/layout.h"

namespace virtscope::exporters::graph {

// A curve: NAME holds averages, NAME_max the largest readings, as stored in the catalogue's unit, counters a second.
struct Quantity {
    std::string name;
    Column column;  // without an instance: the sum over all
};

struct Defined {
    std::vector<std::string> arguments;  // DEF and CDEF
    std::vector<std::string> unknown;    // names of which nothing is known: their variables are never known
};

struct Subject {
    std::optional<Uuid> uuid;  // none: the host
    std::string name;          // printable
    std::string host;          // likewise: the host's name
};

class Figures {
public:
    virtual ~Figures() = default;
    // Names of instances, as the catalogue's columns have them.
    virtual Result<std::vector<std::string>> instances(Scope scope) = 0;
    // To be called once.
    virtual Result<Defined> define(const std::vector<Quantity>& quantities) = 0;
};

// A point for each `step`. The ring is read and put into a file in memory that is gone with the object. Errors: those
// of the ring.
std::unique_ptr<Figures> figures_of_ring(RingReader& reader, const Subject& subject, const TimeRange& range,
                                         std::chrono::seconds step);
// RRDs below `folder`. Errors: absent, unsupported (a sum that the layout has no file for).
std::unique_ptr<Figures> figures_of_folder(const std::string& folder, const rrd::LayoutOptions& layout,
                                           const Subject& subject);

}  // namespace virtscope::exporters::graph

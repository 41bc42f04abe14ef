// Stat: how the values of a window become one.
#pragma once

#include <string_view>
#include <vector>

#include "core/result.h"

namespace virtscope::checks {

struct Stat {
    enum class Kind {
        natural,  // not given: the mean of what is measured over time, the newest value of what is a level
        average,
        minimum,
        maximum,
        last,
        percentile,
    };
    Kind kind = Kind::natural;
    double percent = 0;  // of a percentile

    // Needs every sample of the window.
    bool scans() const { return kind != Kind::natural && kind != Kind::last; }
    // Of one value at least; the order of `values` is lost. Percentiles by nearest rank.
    double of(std::vector<double>& values) const;
    // "p95", "average"
    std::string_view text() const;
};

// "avg", "min", "max", "last", "p95" (p1 to p100). Errors: malformed.
Result<Stat> parse_stat(std::string_view text);

}  // namespace virtscope::checks

// Range: a threshold as Nagios plugins take it, `[@]start:end` (Monitoring Plugins Development
// Guidelines, "Threshold and ranges").
//
//     10      alert if < 0 or > 10        10:20    alert outside 10 … 20
//     10:     alert if < 10               @10:20   alert inside 10 … 20
//     ~:10    alert if > 10               :10      as 10
//
// Both ends belong to the range. Numbers are decimals with a point, whatever the locale. A number may
// have a unit that fits what is judged: 20ms, 5min, 80%, 64MB (powers of 1000), 64MiB.
#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "plugins/terms/status.h"

namespace virtscope::checks {

struct Range {
    double start = 0;
    double end = std::numeric_limits<double>::infinity();
    bool inside = false;  // '@': alert inside instead of outside
    std::string text;     // echoed in perfdata: as it was given, numbers with a unit turned into ours

    // `value` must be a number; judge() takes care of those that are not.
    bool alerts(double value) const;
};

// `unit`: what is judged is in: "s", "B", "%", or "" for a plain number.
// Errors: malformed; empty text, an exponent, a unit that does not fit, NaN, infinity or a start beyond the end.
Result<Range> parse_range(std::string_view text, std::string_view unit = "");

struct Thresholds {
    std::optional<Range> warning;
    std::optional<Range> critical;

    bool given() const { return warning || critical; }
    // UNKNOWN for a value that is absent or no finite number; CRITICAL is looked at before WARNING; a
    // threshold that was not given never alerts.
    Status judge(std::optional<double> value) const;
    // "-w 0:80, -c none"
    std::string text() const;
    // The range that made judge() answer `status`; null for OK and UNKNOWN.
    const Range* crossed(Status status) const;
};

}  // namespace virtscope::checks

// What -w and -c said: a pair of ranges for each measure of a mode, by label.
#pragma once

#include <algorithm>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "plugins/terms/measure.h"
#include "plugins/terms/range.h"

namespace virtscope::checks {

class ThresholdSet {
public:
    // `warning` and `critical`: values of -w and -c, each `RANGE` for the mode's first measure or `LABEL=RANGE`,
    // several of them separated by commas, each label once; of two texts for one label the last counts. A measure that nothing was said
    // of has its presets. Errors: malformed, names the option, the text and what is accepted.
    static Result<ThresholdSet> parse(std::span<const Measure> measures, const std::vector<std::string>& warning,
                                      const std::vector<std::string>& critical);

    // Of a measure without thresholds: none, they never alert. The reference lives as long as this.
    const Thresholds& of(std::string_view label) const;
    // Something was said of that label, or it has presets.
    bool judges(std::string_view label) const { return of(label).given(); }
    // The command line said it.
    bool said(std::string_view label) const { return std::ranges::find(said_, label) != said_.end(); }

private:
    Result<> take(std::span<const Measure> measures, std::string_view option, std::string_view text);
    Result<> add(std::span<const Measure> measures, std::string_view option, const std::vector<std::string>& texts);

    std::map<std::string, Thresholds, std::less<>> by_label_;
    std::vector<std::string> said_;
};

}  // namespace virtscope::checks

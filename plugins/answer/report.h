// Report: what a check found, and the text a monitoring system gets of it.
//
// First line `VIRT MODE STATUS: summary | perfdata`, then long output. Perfdata that does not fit in the
// first line goes behind the long output; what does not fit in the whole is left out, entry by
// entry, and that is said.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/uuid.h"
#include "plugins/answer/perfdata.h"
#include "plugins/terms/status.h"

namespace virtscope::checks {

// One thing that was judged. Text may hold what guests chose: render() makes it harmless.
struct Finding {
    Status status = Status::unknown;
    std::string name;    // of the guest; may be empty
    std::string text;    // one line: "paused by an I/O error"
    Uuid guest{};        // nil: the finding is about no guest, or one that is not there
    std::string detail;  // more of it, for -vvv
    std::string reason;  // why it is so, where the first line would grow too long by it
    std::string since;   // "since 16:20:05 (5 min)", where that is known
    std::string why;     // what was judged, how, against what: for --why
    double weight = 0;   // of two findings of one status the heavier is told first where only some are
};

struct Report {
    std::string mode;
    std::string headline;           // "8 guests running"; shown before the worst findings
    std::vector<Finding> findings;
    std::vector<std::string> notes;    // always in the long output
    std::vector<std::string> details;  // in the long output from -vv on
    std::vector<Perf> perf;
    std::optional<double> age;  // of the data, seconds; none: not known

    // The worst finding; UNKNOWN if nothing was judged.
    Status status() const;
};

inline constexpr std::size_t longest_first_line = 4096;
// Nagios keeps 8 KiB of a plugin's output (MAX_PLUGIN_OUTPUT_LENGTH).
inline constexpr std::size_t default_output_limit = 8192;

// One finding, UNKNOWN, of no guest.
Report unknown_report(std::string text);

// Leaves the `count` worst findings in place, the heaviest first.
void keep_worst(std::size_t count, Report& report);

// verbosity 0: findings that are not OK; 1: all; 2: details too; 3: details of findings too. `why`: each line with its why.
std::string render(const Report& report, unsigned verbosity, std::size_t limit, bool why = false);

// "VIRT CPU WARNING: 8 guests …", without perfdata.
std::string status_line(const Report& report);

// `text` as one printable line without what monitoring systems and shells give a meaning: | ` $ ;
std::string harmless(std::string_view text, std::size_t max_bytes = 256);

}  // namespace virtscope::checks

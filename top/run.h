// The loops around the views: one for people, one for pipes and files.
#pragma once

#include "core/result.h"
#include "top/options/options.h"
#include "top/print/output.h"
#include "top/source/scene_source.h"

namespace virtscope::top {

// What a run works with. `csv` may be null; `first` is the first look, taken before anything was shown.
struct Run {
    const Options& options;
    SceneSource& source;
    CsvFile* csv = nullptr;
    Scene first;
};

// Until the user quits, a signal comes or the iterations are over; the terminal is as it was afterwards.
// Errors: unsupported (no terminal, or one that cannot be drawn on), those of the CSV file.
Result<> run_on_terminal(Run run);

// Text to standard output or to the CSV file only. Errors: those of writing.
Result<> run_unattended(Run run);

}  // namespace virtscope::top

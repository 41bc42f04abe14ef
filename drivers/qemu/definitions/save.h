// Saving a guest into a file and loading it from there: QEMU's own migration, into and out of a descriptor.
//
// Threading: each call in a thread that may wait, on the guest too.
#pragma once

#include <string>

#include "drivers/lifecycle.h"
#include "drivers/qemu/definitions/live.h"
#include "drivers/qemu/definitions/save_file.h"

namespace virtscope::qemu {

struct SaveTo {
    std::string path;
    bool replace = false;
    std::string cpu;  // the host's model
};

// Stops the guest, writes it to `to.path` and ends it. An error leaves it as it was, running or paused, and no file.
// `guest` is as it was started. Errors: busy (the file is there and `to.replace` was not said; a state that cannot be
// saved), timeout (no progress for a minute), denied, system (no space), and the monitor's.
Result<> save_run(LiveRun& run, const Definition& guest, const SaveTo& to, Progress& progress);

// Loads the state into a QEMU that waits for it and lets it go on unless `paused`. An error leaves QEMU to be ended by
// the caller. Errors: malformed (QEMU does not take it), timeout, and the monitor's.
Result<> load_run(LiveRun& run, const SaveReader& saved, bool paused, const Advance& advance);

// "Intel(R) Xeon(R) …", empty where the kernel does not say.
std::string cpu_model_of(const std::string& proc);

}  // namespace virtscope::qemu

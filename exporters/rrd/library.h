// Library: librrd, loaded at run time. symbols.def lists every function that is used of it.
#pragma once

#include <string>

#include <rrd.h>

#include "core/result.h"

namespace virtscope::exporters::rrd {

struct Library {
#define VIRTSCOPE_RRD(name) decltype(&::name) name = nullptr;  // NOLINT(bugprone-macro-parentheses): a declaration
#include "exporters/rrd/symbols.def"

    // What went wrong in this thread's last call: "PATH: reason", one line.
    Error last_error(const std::string& path) const;
};

// Loaded by the first call and kept until the process ends. Safe in any thread. Errors: unsupported, when there is no
// librrd here or one that lacks a function: names the package to install.
Result<const Library*> load_library();

}  // namespace virtscope::exporters::rrd

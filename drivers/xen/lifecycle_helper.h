// A run of virtscope-libxl: one order to its standard input, lines of JSON (lifecycle_wire.h) from its standard output.
#pragma once

#include <string>

#include "drivers/lifecycle.h"

namespace virtscope::xen {

// $VIRTSCOPE_LIBXL, else virtscope-libxl in ../libexec/virtscope beside the folder of the running program, else in that
// folder itself (a build tree).
std::string find_helper();

// Until the helper says that the order is under way it may take till the order's deadline and is ended then; after that
// it is waited for. Errors: those of the helper; unsupported (it is not there, or was built for another Xen), timeout,
// malformed (it does not say what it should), system (it died).
Result<Answer> run_helper(const std::string& path, const Order& order, Progress& progress);

}  // namespace virtscope::xen

// StoreLibrary: libxenstore.so.4, loaded at run time; nothing of Xen is needed to build. store_symbols.def lists every
// function that is used of it.
#pragma once

#include <cstdint>

#include "core/result.h"

namespace virtscope::xen {

struct XsHandle;  // the library's `struct xs_handle`

struct StoreLibrary {
#define VIRTSCOPE_XENSTORE(result, name, arguments) result(*name) arguments = nullptr;  // NOLINT(bugprone-macro-parentheses)
#include "drivers/xen/store_symbols.def"
};

// The library; it stays loaded until the process ends, and SIGPIPE is ignored from then on. Errors: unsupported, when it is
// not here (names the package) or lacks a function.
Result<StoreLibrary> load_store_library(const char* file = "libxenstore.so.4");

}  // namespace virtscope::xen

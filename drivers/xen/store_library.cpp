#include "drivers/xen/store_library.h"

#include <csignal>
#include <dlfcn.h>

namespace virtscope::xen {

namespace {

template <class Function>
void find(void* handle, const char* name, Function& function, const char*& missing) {
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    if (function == nullptr && missing == nullptr) missing = name;
}

}  // namespace

Result<StoreLibrary> load_store_library(const char* file) {
    void* const handle = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return fail(ErrorKind::unsupported, "{} is not installed (Debian: libxenstore4)", file);
    StoreLibrary library;
    const char* missing = nullptr;
#define VIRTSCOPE_XENSTORE(result, name, arguments) find(handle, #name, library.name, missing);
#include "drivers/xen/store_symbols.def"
    if (missing != nullptr) return fail(ErrorKind::unsupported, "{} lacks {}: Xen 4.14 or later is needed", file, missing);
    // The library ignores SIGPIPE while it asks and restores afterwards what was there: two threads that do so at the same
    // time can restore it under each other.
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return fail(ErrorKind::system, "SIGPIPE cannot be ignored");
    return library;
}

}  // namespace virtscope::xen

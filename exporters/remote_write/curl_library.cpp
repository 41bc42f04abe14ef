#include "exporters/remote_write/curl_library.h"

#include <dlfcn.h>

namespace virtscope::exporters::remote_write {
namespace {

constexpr const char* file = "libcurl-gnutls.so.4";

template <class Function>
void find(void* handle, const char* name, Function& function, std::string& missing) {
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    if (function == nullptr && missing.empty()) missing = name;
}

Result<CurlLibrary> load() {
    void* const handle = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr)
        return fail(ErrorKind::unsupported, "{} is not on this host; install libcurl3-gnutls (Debian)", file);
    CurlLibrary library;
    std::string missing;
#define VIRTSCOPE_CURL(name) find(handle, #name, library.name, missing);
#include "exporters/remote_write/curl_functions.def"
    if (!missing.empty()) return fail(ErrorKind::unsupported, "{} lacks {}: it is damaged", file, missing);
    if (library.curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return fail(ErrorKind::unsupported, "{} cannot be initialised", file);
    return library;
}

}  // namespace

Result<const CurlLibrary*> load_curl() {
    static const Result<CurlLibrary> library = load();
    if (!library) return std::unexpected(library.error());
    return &*library;
}

}  // namespace virtscope::exporters::remote_write

#include "exporters/rrd/library.h"

#include <dlfcn.h>

#include "core/text.h"

namespace virtscope::exporters::rrd {
namespace {

constexpr const char* file = "librrd.so.8";

template <class Function>
void find(void* handle, const char* name, Function& function, std::string& missing) {
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    if (function == nullptr && missing.empty()) missing = name;
}

Result<Library> load() {
    void* const handle = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr)
        return fail(ErrorKind::unsupported, "{} is not on this host; install librrd8 (Debian)", file);
    Library library;
    std::string missing;
#define VIRTSCOPE_RRD(name) find(handle, #name, library.name, missing);
#include "exporters/rrd/symbols.def"
    if (!missing.empty())
        return fail(ErrorKind::unsupported, "{} lacks {}: RRDtool 1.7 or later is needed", file, missing);
    return library;
}

ErrorKind kind_of(std::string_view text) {
    if (text.find("No such file") != std::string_view::npos) return ErrorKind::absent;
    if (text.find("Permission denied") != std::string_view::npos) return ErrorKind::denied;
    if (text.find("not an RRD") != std::string_view::npos) return ErrorKind::malformed;
    return ErrorKind::system;
}

}  // namespace

Error Library::last_error(const std::string& path) const {
    const char* const said = rrd_get_error();
    // Of a full disk it does not speak.
    const bool silent = said == nullptr || *said == '\0';
    const std::string text =
        silent ? "RRDtool cannot write it and gives no reason: is the disk full?" : printable(said, 512);
    rrd_clear_error();
    return {kind_of(text), text.find(path) == std::string::npos ? fmt::format("{}: {}", path, text) : text};
}

Result<const Library*> load_library() {
    static const Result<Library> library = load();
    if (!library) return std::unexpected(library.error());
    return &*library;
}

}  // namespace virtscope::exporters::rrd

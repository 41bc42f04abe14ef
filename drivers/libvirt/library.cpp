#include "drivers/libvirt/library.h"

#include <dlfcn.h>
#include <chrono>
#include <csignal>
#include <thread>

#include "core/text.h"

namespace virtscope::libvirt {
namespace {

constexpr const char* file = "libvirt.so.0";
constexpr const char* file_for_qemu = "libvirt-qemu.so.0";

template <class Function>
bool find(void* handle, const char* name, Function& function, std::string& missing) {
    function = reinterpret_cast<Function>(::dlsym(handle, name));
    if (function == nullptr && missing.empty()) missing = name;
    return function != nullptr;
}

Result<Library> load() {
    void* const handle = ::dlopen(file, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr)
        return fail(ErrorKind::unsupported, "{} is not on this host; install libvirt0 (Debian)", file);
    Library library;
    std::string missing;
    std::string none;
    void* const for_qemu = ::dlopen(file_for_qemu, RTLD_NOW | RTLD_LOCAL);
#define VIRTSCOPE_LIBVIRT(name) (void)find(handle, #name, library.name, missing);  // the first that lacks is reported
#define VIRTSCOPE_LIBVIRT_QEMU(name) \
    if (for_qemu != nullptr) (void)find(for_qemu, #name, library.name, none);  // null: it cannot be done here
#include "drivers/libvirt/symbols.def"
    if (!missing.empty())
        return fail(ErrorKind::unsupported, "{} lacks {}: libvirt 5.7 or later is needed", file, missing);
    if (library.virInitialize() < 0) return fail(ErrorKind::system, "{} cannot be initialised", file);
    // libvirt writes to its daemon's socket with write(2): without this a daemon that dies would take us with it.
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return fail(ErrorKind::system, "SIGPIPE cannot be ignored");
    library.virSetErrorFunc(nullptr, [](void*, virErrorPtr) {});
    if (library.virEventRegisterDefaultImpl() < 0) return fail(ErrorKind::system, "{}: no event loop", file);
    // Events and keepalive of every connection; one thread for the whole process, to its end.
    std::thread([run = library.virEventRunDefaultImpl] {
        while (true) {
            if (run() < 0) std::this_thread::sleep_for(std::chrono::seconds(1));
        }
    }).detach();
    return library;
}

ErrorKind kind_of(int code) {
    switch (code) {
        case VIR_ERR_NO_DOMAIN: return ErrorKind::absent;
        case VIR_ERR_AUTH_FAILED:
        case VIR_ERR_AUTH_CANCELLED:
        case VIR_ERR_AUTH_UNAVAILABLE:
        case VIR_ERR_ACCESS_DENIED:
        case VIR_ERR_OPERATION_DENIED: return ErrorKind::denied;
        case VIR_ERR_OPERATION_TIMEOUT:
        case VIR_ERR_AGENT_UNRESPONSIVE: return ErrorKind::timeout;
        case VIR_ERR_XML_ERROR:
        case VIR_ERR_XML_DETAIL:
        case VIR_ERR_XML_INVALID_SCHEMA:
        case VIR_ERR_INVALID_ARG: return ErrorKind::malformed;
        case VIR_ERR_NO_SUPPORT:
        case VIR_ERR_CONFIG_UNSUPPORTED:
        case VIR_ERR_ARGUMENT_UNSUPPORTED:
        case VIR_ERR_OPERATION_UNSUPPORTED: return ErrorKind::unsupported;
        case VIR_ERR_DOM_EXIST:
        case VIR_ERR_OPERATION_INVALID:
        case VIR_ERR_RESOURCE_BUSY: return ErrorKind::busy;
        default: return ErrorKind::system;
    }
}

}  // namespace

Result<const Library*> load_library() {
    static const Result<Library> library = load();
    if (!library) return std::unexpected(library.error());
    return &*library;
}

Error last_error(const Library& library, const std::string& what) {
    const char* const message = library.virGetLastErrorMessage();
    return {kind_of(library.virGetLastErrorCode()),
            fmt::format("{}: {}", what, printable(message != nullptr ? message : "unknown error", 512))};
}

}  // namespace virtscope::libvirt

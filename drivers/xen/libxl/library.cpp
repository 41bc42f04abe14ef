#include "drivers/xen/libxl/library.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <string>

#include "core/fd.h"

namespace virtscope::libxl {
namespace {

// Domain-0 says "control_d" there; any other guest of Xen has the file and says nothing.
Result<> check_domain0() {
    const Fd file(::open("/proc/xen/capabilities", O_RDONLY | O_CLOEXEC));
    if (!file && errno == ENOENT) {
        return fail(ErrorKind::unsupported,
                    "this is no Xen Domain-0: there is no /proc/xen/capabilities (is xenfs mounted?)");
    }
    if (!file) return fail_errno(errno, "open /proc/xen/capabilities");
    std::string text(64, '\0');
    const ssize_t got = ::read(file.get(), text.data(), text.size());
    if (got > 0 && text.find("control_d") != std::string::npos) return {};
    return fail(ErrorKind::unsupported, "this is a guest of Xen, not Domain-0, and may command nobody");
}

Result<> check_version(libxl_ctx* context, const Log& log) {
    const libxl_version_info* const version = libxl_get_version_info(context);
    if (version == nullptr) return failed(ERROR_FAIL, "Xen does not tell its version", log);
    const std::string runs = fmt::format("{}.{}", version->xen_version_major, version->xen_version_minor);
    if (runs == VIRTSCOPE_XEN_VERSION) return {};
    return fail(ErrorKind::unsupported,
                "Xen {} runs here and virtscope-libxl is built for {}: build it with this host's libxen-dev", runs,
                VIRTSCOPE_XEN_VERSION);
}

ErrorKind kind_of(int code) {
    switch (code) {
        case ERROR_DOMAIN_NOTFOUND:
        case ERROR_DOMAIN_DESTROYED:
        case ERROR_NOTFOUND: return ErrorKind::absent;
        case ERROR_INVAL: return ErrorKind::malformed;
        case ERROR_NI:
        case ERROR_VERSION:
        case ERROR_NOPARAVIRT:
        case ERROR_FEATURE_REMOVED: return ErrorKind::unsupported;
        case ERROR_NOMEM:
        case ERROR_LOCK_FAIL:
        case ERROR_DEVICE_EXISTS:
        case ERROR_GUEST_TIMEDOUT:
        case ERROR_NOT_READY: return ErrorKind::busy;
        default: return ErrorKind::system;
    }
}

}  // namespace

Result<Context> open_context(Log& log) {
    if (auto here = check_domain0(); !here) return std::unexpected(here.error());
    libxl_ctx* made = nullptr;
    const int code = libxl_ctx_alloc(&made, LIBXL_VERSION, 0, log.logger());
    if (code != 0) {
        if (::geteuid() != 0) return fail(ErrorKind::denied, "only root may command Xen: {}", log.first());
        return failed(code, "libxenlight cannot reach Xen (does xenstored run?)", log);
    }
    Context context(made, &libxl_ctx_free);
    if (auto same = check_version(made, log); !same) return std::unexpected(same.error());
    return context;
}

std::unexpected<Error> failed(int code, std::string_view what, const Log& log) {
    const char* const name = libxl_error_to_string(static_cast<libxl_error>(code));
    std::string why = log.first();
    if (why.empty()) why = fmt::format("libxenlight says only {} ({})", name == nullptr ? "error" : name, code);
    return fail(kind_of(code), "{}: {}", what, why);
}

}  // namespace virtscope::libxl

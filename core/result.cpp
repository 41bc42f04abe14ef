#include "core/result.h"

#include <cerrno>
#include <cstring>

namespace virtscope {
namespace {

ErrorKind kind_of(int code) {
    switch (code) {
        case ENOENT:
        case ESRCH:
        case ENODEV:
        case ENXIO: return ErrorKind::absent;
        case EACCES:
        case EPERM: return ErrorKind::denied;
        case ETIMEDOUT: return ErrorKind::timeout;
        case EBUSY:
        case EAGAIN: return ErrorKind::busy;
        default: return ErrorKind::system;
    }
}

}  // namespace

std::unexpected<Error> fail_errno_text(int code, const std::string& what) {
    return std::unexpected<Error>(Error{kind_of(code), what + ": " + std::strerror(code)});
}

}  // namespace virtscope

#include "core/descriptor_limit.h"

#include <cerrno>
#include <sys/resource.h>

namespace virtscope {

Result<> raise_descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return fail_errno(errno, "read the limit of open files");
    limit.rlim_cur = limit.rlim_max;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) return fail_errno(errno, "raise the limit of open files");
    return {};
}

}  // namespace virtscope

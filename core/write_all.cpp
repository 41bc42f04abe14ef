#include "core/write_all.h"

#include <cerrno>

#include <unistd.h>

namespace virtscope {

Result<> write_all(int fd, std::string_view text, std::string_view name) {
    while (!text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return fail_errno(errno, "write {}", name);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

}  // namespace virtscope

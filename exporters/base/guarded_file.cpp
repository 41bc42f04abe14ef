#include "exporters/base/guarded_file.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fd.h"

namespace virtscope::exporters {

Result<std::string> read_guarded_file(const std::string& path, std::size_t most, std::string_view secret) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return fail_errno(errno, "{}", path);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return fail_errno(errno, "{}", path);
    if (!secret.empty() && (status.st_mode & S_IROTH) != 0)
        return fail(ErrorKind::denied, "{}: every user can read this {}: chmod o-r {}", path, secret, path);
    std::string text(most, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "{}", path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    text.shrink_to_fit();
    return text;
}

}  // namespace virtscope::exporters

#include "plugins/command/small_file.h"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

#include "core/fd.h"

namespace virtscope::checks {

Result<std::string> read_small_file(std::string_view option, const std::string& path) {
    // Not blocking: whoever names a pipe gets an answer in time.
    const Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) return fail_errno(errno, "{} {}", option, path);
    std::string content;
    std::array<char, 65536> part{};
    for (;;) {
        const ssize_t got = ::read(fd.get(), part.data(), part.size());
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "{} {}", option, path);
        if (got == 0) return content;
        content.append(part.data(), static_cast<std::size_t>(got));
        if (content.size() > most_small_bytes) return fail(ErrorKind::malformed, "{} {}: larger than 1 MiB", option, path);
    }
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t\r");
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

}  // namespace virtscope::checks

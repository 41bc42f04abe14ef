#include "exporters/remote_write/secret.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/fd.h"

namespace virtscope::exporters::remote_write {
namespace {

constexpr std::size_t longest_secret = 16384;   // bytes; tokens with many claims have some thousand
constexpr std::size_t longest_pem = 4U << 20U;  // all authorities of a distribution are 200 kB

Result<std::string> read_file(const std::string& path, std::size_t most, bool secret) {
    const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!file) return fail_errno(errno, "{}", path);
    struct stat status {};
    if (::fstat(file.get(), &status) != 0) return fail_errno(errno, "{}", path);
    if (secret && (status.st_mode & S_IROTH) != 0)
        return fail(ErrorKind::denied, "{}: every user can read this secret: chmod o-r {}", path, path);
    std::string text(std::min<std::size_t>(most, static_cast<std::size_t>(std::max<off_t>(status.st_size, 4096))),
                     '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t got = ::read(file.get(), text.data() + size, text.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return fail_errno(errno, "{}", path);
        if (got == 0) break;
        size += static_cast<std::size_t>(got);
    }
    text.resize(size);
    return text;
}

bool is_visible(char c) { return c >= ' ' && c <= '~'; }

}  // namespace

Result<std::string> read_secret(const std::string& path) {
    auto text = read_file(path, longest_secret, true);
    if (!text) return text;
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r')) text->pop_back();
    if (text->empty() || text->size() >= longest_secret || !std::ranges::all_of(*text, is_visible))
        return fail(ErrorKind::malformed, "{}: must be one line of printable ASCII, less than {} bytes", path,
                    longest_secret);
    return text;
}

Result<> check_pem(const std::string& path, const std::string& block, bool secret) {
    const auto text = read_file(path, longest_pem, secret);
    if (!text) return std::unexpected(text.error());
    if (text->find("-----BEGIN ") == std::string::npos || text->find(block + "-----") == std::string::npos)
        return fail(ErrorKind::malformed, "{}: has no {} in PEM", path, block);
    return {};
}

}  // namespace virtscope::exporters::remote_write

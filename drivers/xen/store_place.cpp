#include "drivers/xen/store_place.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <fmt/ranges.h>

#include "core/text.h"

namespace virtscope::xen {
namespace {

// No descriptor: errno says why.
Fd open_socket(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return {};
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (fd && ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return fd;
    const int code = errno;
    fd = {};
    errno = code;
    return {};
}

StoreSocket open_place(const std::string& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) return {};
    if (S_ISSOCK(status.st_mode)) return {open_socket(path), true};
    if (S_ISCHR(status.st_mode)) return {Fd(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)), false};
    errno = ENOTSOCK;
    return {};
}

}  // namespace

std::vector<std::string> store_places() {
    const char* const named = std::getenv("XENSTORED_PATH");
    if (named != nullptr && *named != '\0') return {named};
    return {"/run/xenstored/socket", "/var/run/xenstored/socket", "/dev/xen/xenbus"};
}

ssize_t StoreSocket::send(std::string_view bytes) const {
    if (is_socket) return ::send(fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    return ::write(fd.get(), bytes.data(), bytes.size());
}

ssize_t StoreSocket::receive(std::span<char> room) const { return ::read(fd.get(), room.data(), room.size()); }

Result<StoreSocket> open_store_socket(std::span<const std::string> places) {
    for (const std::string& place : places) {
        StoreSocket socket = open_place(place);
        if (socket.fd) return socket;
        const int code = errno;
        if (code == ENOENT) continue;
        const std::string name = printable(place);
        // A socket says so when nobody has taken the connections that wait already.
        if (code == EAGAIN) {
            return fail(ErrorKind::busy, "xenstored takes no connections at {} (see systemctl status xenstored)", name);
        }
        return fail_errno(code, "xenstored does not answer at {} (see systemctl status xenstored)", name);
    }
    const std::string tried = printable(fmt::format("{}", fmt::join(places, ", ")));
    return fail_errno(ENOENT, "xenstored does not answer at {} (see systemctl status xenstored)", tried);
}

}  // namespace virtscope::xen

// The way to a monitor's socket; what it promises is in endpoint.h.
#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <arpa/inet.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "drivers/netns.h"
#include "drivers/qemu/endpoint.h"

namespace virtscope::qemu {
namespace {

// The generic address that the socket calls want.
template <class Address>
const sockaddr* generic(const Address* address) {
    return reinterpret_cast<const sockaddr*>(address);
}

// O_PATH descriptor of a file below `root`, whose symbolic links cannot lead out of it.
Fd open_beneath(const Fd& root, const std::string& path) {
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return Fd(static_cast<int>(::syscall(SYS_openat2, root.get(), path.c_str(), &how, sizeof how)));
}

// PWD of the environment: a daemon has left the folder that its relative paths were meant for.
std::string started_in(const Process& process) {
    const auto environment = process.read("environ");
    if (!environment) return {};
    std::string_view rest = *environment;
    while (!rest.empty()) {
        const std::string_view entry = rest.substr(0, rest.find('\0'));
        if (entry.starts_with("PWD=/")) return std::string(entry.substr(4));
        rest.remove_prefix(std::min(entry.size() + 1, rest.size()));
    }
    return {};
}

Result<Fd> find_socket(const std::string& path, const Process& process) {
    const Fd root(::openat(process.directory(), "root", O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!root) return fail_errno(errno, "/proc/{}/root", process.pid());
    Fd found;
    if (path.starts_with('/')) {
        found = open_beneath(root, path);
    } else {
        found = Fd(::openat(process.directory(), ("cwd/" + path).c_str(), O_PATH | O_CLOEXEC));
        if (!found) {
            const std::string folder = started_in(process);
            if (!folder.empty()) found = open_beneath(root, folder + "/" + path);
        }
    }
    if (!found) return fail_errno(errno, "monitor: {}", path);
    struct stat status{};
    if (::fstat(found.get(), &status) != 0 || !S_ISSOCK(status.st_mode)) {
        return fail(ErrorKind::malformed, "monitor: {} is no socket", path);
    }
    return found;
}

// Abstract names and TCP ports belong to a network namespace, the guest's; paths do not.
Result<Fd> socket_of_guest(int domain, const Process& process) {
    auto fd = socket_in_netns("/proc/" + std::to_string(process.pid()) + "/ns/net", domain, SOCK_STREAM, 0);
    if (fd && ::fcntl(fd->get(), F_SETFL, O_NONBLOCK) != 0) return fail_errno(errno, "monitor: socket");
    return fd;
}

// Who called listen() on the other end; two guests may have been given the same path.
Result<> check_peer(const Fd& fd, const Process& process) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(fd.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return fail_errno(errno, "monitor: peer");
    if (peer.pid != process.pid()) {
        return fail(ErrorKind::malformed, "monitor: its socket belongs to process {}, not to this guest", peer.pid);
    }
    return {};
}

Result<Fd> connect_unix(Fd fd, const sockaddr_un& address, std::size_t size, const Process& process) {
    if (::connect(fd.get(), generic(&address), static_cast<socklen_t>(size)) != 0) {
        if (errno == EAGAIN) return fail(ErrorKind::busy, "monitor: in use by another client");
        return fail_errno(errno, "monitor: connect");
    }
    if (const auto same = check_peer(fd, process); !same) return std::unexpected(same.error());
    return fd;
}

Result<Fd> connect_path(const Endpoint& endpoint, const Process& process) {
    const auto socket = find_socket(endpoint.path, process);
    if (!socket) return std::unexpected(socket.error());
    // Through the descriptor, so that neither the length of the path nor a change of it matters.
    const std::string path = "/proc/self/fd/" + std::to_string(socket->get());
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.c_str(), path.size() + 1);
    Fd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) return fail_errno(errno, "monitor: socket");
    return connect_unix(std::move(fd), address, sizeof address, process);
}

Result<Fd> connect_abstract(const Endpoint& endpoint, const Process& process) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string& name = endpoint.path;
    if (name.size() + 1 > sizeof address.sun_path) return fail(ErrorKind::malformed, "monitor: abstract name too long");
    std::memcpy(address.sun_path + 1, name.data(), name.size());
    const std::size_t exact = offsetof(sockaddr_un, sun_path) + 1 + name.size();
    auto fd = socket_of_guest(AF_UNIX, process);
    if (!fd) return fd;
    return connect_unix(std::move(*fd), address, endpoint.tight ? exact : sizeof address, process);
}

template <class Address>
Result<Fd> connect_tcp(Fd fd, const Address& address) {
    if (::connect(fd.get(), generic(&address), sizeof address) != 0 && errno != EINPROGRESS) {
        return fail_errno(errno, "monitor: connect");
    }
    return fd;
}

Result<Fd> connect_loopback(const Endpoint& endpoint, const Process& process) {
    const bool six = endpoint.host == "::1";
    auto fd = socket_of_guest(six ? AF_INET6 : AF_INET, process);
    if (!fd) return fd;
    if (six) {
        sockaddr_in6 address{};
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(endpoint.port);
        address.sin6_addr = in6addr_loopback;
        return connect_tcp(std::move(*fd), address);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return connect_tcp(std::move(*fd), address);
}

}  // namespace

Result<Fd> connect_endpoint(const Endpoint& endpoint, const Process& process) {
    switch (endpoint.kind) {
        case Endpoint::Kind::unix_path: return connect_path(endpoint, process);
        case Endpoint::Kind::unix_abstract: return connect_abstract(endpoint, process);
        case Endpoint::Kind::tcp: return connect_loopback(endpoint, process);
        case Endpoint::Kind::none: break;
    }
    return fail(ErrorKind::absent, "{}", endpoint.note);
}

}  // namespace virtscope::qemu

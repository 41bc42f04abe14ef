#include "drivers/netns.h"

#include <cerrno>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <thread>

namespace virtscope {
namespace {

// Runs in the short-lived thread: setns() moves only the calling thread.
Result<Fd> enter_and_open(const Fd& ns, const std::string& ns_path, int domain, int type, int protocol) {
    if (::setns(ns.get(), CLONE_NEWNET) != 0) return fail_errno(errno, "enter network namespace {}", ns_path);
    Fd socket(::socket(domain, type | SOCK_CLOEXEC, protocol));
    if (!socket) return fail_errno(errno, "socket in network namespace {}", ns_path);
    return socket;
}

}  // namespace

Result<Fd> socket_in_netns(const std::string& ns_path, int domain, int type, int protocol) {
    const Fd ns(::open(ns_path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!ns) return fail_errno(errno, "open {}", ns_path);
    Result<Fd> made = fail(ErrorKind::system, "{}: no thread to enter it", ns_path);
    try {
        std::thread visitor([&] { made = enter_and_open(ns, ns_path, domain, type, protocol); });
        visitor.join();
    } catch (const std::exception& error) {
        return fail(ErrorKind::system, "{}: thread to enter it: {}", ns_path, error.what());
    }
    return made;
}

Result<std::uint64_t> netns_inode(const std::string& ns_path) {
    struct stat status{};
    if (::stat(ns_path.c_str(), &status) != 0) return fail_errno(errno, "stat {}", ns_path);
    return status.st_ino;
}

Result<int> interface_index(const Fd& socket, const std::string& name) {
    ifreq request{};
    if (name.empty() || name.size() >= sizeof request.ifr_name) {
        return fail(ErrorKind::malformed, "'{}' is no interface name", name);
    }
    std::memcpy(request.ifr_name, name.c_str(), name.size() + 1);
    if (::ioctl(socket.get(), SIOCGIFINDEX, &request) != 0) return fail_errno(errno, "interface {}", name);
    return request.ifr_ifindex;
}

Result<std::string> interface_name(const Fd& socket, int index) {
    ifreq request{};
    request.ifr_ifindex = index;
    if (::ioctl(socket.get(), SIOCGIFNAME, &request) != 0) return fail_errno(errno, "interface {}", index);
    return std::string(request.ifr_name, ::strnlen(request.ifr_name, sizeof request.ifr_name));
}

}  // namespace virtscope

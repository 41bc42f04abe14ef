#include "agent/control/authority.h"

#include <algorithm>
#include <array>
#include <cerrno>

#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/text.h"

namespace virtscope::control {
namespace {

std::string name_of(uid_t uid) {
    std::array<char, 4096> memory{};
    passwd entry{};
    passwd* found = nullptr;
    ::getpwuid_r(uid, &entry, memory.data(), memory.size(), &found);
    return found == nullptr ? std::to_string(uid) : std::string(entry.pw_name);
}

std::optional<gid_t> id_of(const std::string& group) {
    std::vector<char> memory(65536);
    ::group entry{};
    ::group* found = nullptr;
    ::getgrnam_r(group.c_str(), &entry, memory.data(), memory.size(), &found);
    if (found == nullptr) return std::nullopt;
    return entry.gr_gid;
}

// Supplementary groups; a call with too little room says how much it takes (ERANGE), and they cannot change after that.
std::vector<gid_t> groups_of(int socket) {
    std::vector<gid_t> groups(64);
    for (int tries = 0; tries < 2; ++tries) {
        auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
        const bool told = ::getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) == 0;
        groups.resize(size / sizeof(gid_t));
        if (told) return groups;
    }
    return {};
}

}  // namespace

Result<Peer> peer_of(int socket) {
    ucred who{};
    socklen_t size = sizeof who;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0) {
        return fail_errno(errno, "cannot tell who is connected");
    }
    Peer peer{who.uid, who.pid, {}, name_of(who.uid)};
    peer.groups = groups_of(socket);
    peer.groups.push_back(who.gid);
    return peer;
}

Authority::Authority(std::string group) : group_(std::move(group)), gid_(id_of(group_)) {}

Result<> Authority::admit(const Peer& peer) const {
    if (peer.uid == 0 || peer.uid == ::geteuid()) return {};
    if (gid_ && std::ranges::find(peer.groups, *gid_) != peer.groups.end()) return {};
    return fail(ErrorKind::denied, "{} may give no orders: only root and members of group '{}' may", printable(peer.user),
                printable(group_));
}

}  // namespace virtscope::control

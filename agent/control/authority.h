// Authority: who may give orders. The kernel says who is at the other end of a socket; nobody else is asked.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include "core/result.h"

namespace virtscope::control {

struct Peer {
    uid_t uid = 0;
    pid_t pid = 0;
    std::vector<gid_t> groups;  // primary and supplementary
    std::string user;           // name of uid, or the number
};

// Who connected `socket`. Errors: the kernel does not tell. Looks the name up: not for the tick's thread.
Result<Peer> peer_of(int socket);

class Authority {
public:
    // `group`: members may give orders; a group that does not exist admits nobody.
    explicit Authority(std::string group);

    // Errors: denied, naming the group.
    Result<> admit(const Peer& peer) const;
    std::optional<gid_t> group_id() const { return gid_; }

private:
    std::string group_;
    std::optional<gid_t> gid_;
};

}  // namespace virtscope::control

// LinkSocket: an rtnetlink socket that is kept open to ask one network namespace for the counters of
// all its interfaces. The kernel answers within the call; should it not, 100 ms end it.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "collectors/link_messages.h"
#include "core/fd.h"

namespace virtscope {

class LinkSocket {
public:
    // `buffer` takes the answers (32 KiB is what the kernel uses at most); shared among sockets, must
    // outlive this.
    LinkSocket(Fd socket, std::span<char> buffer, LinkQuery query = LinkQuery::stats);

    // Visits every interface; one that is not visited is not known. Falls back to a query that the
    // kernel knows and asks once more if the first answer had gaps. False: the socket is useless now,
    // make another. Allocates nothing.
    bool dump(const LinkVisitor& visit);

    // Kind of one interface, see read_link_kind(); none if there is no such interface.
    std::optional<std::string> kind(int ifindex);

private:
    DumpState dump_once(const LinkVisitor& visit);
    std::span<const char> receive();

    Fd socket_;
    std::span<char> buffer_;
    LinkQuery query_;
    std::uint32_t sequence_ = 0;
};

}  // namespace virtscope

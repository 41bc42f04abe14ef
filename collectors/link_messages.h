// The rtnetlink messages that the net collector sends and understands (rtnetlink(7), if_link.h).
// Pure functions over bytes; the socket is elsewhere.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>

#include <linux/netlink.h>

namespace virtscope {

// One interface's counters in its own direction: rx is what the interface received.
struct LinkCounters {
    std::uint64_t rx_packets = 0, tx_packets = 0;
    std::uint64_t rx_bytes = 0, tx_bytes = 0;
    std::uint64_t rx_errors = 0, tx_errors = 0;
    std::uint64_t rx_dropped = 0, tx_dropped = 0;
};
using LinkVisitor = std::function<void(int ifindex, const LinkCounters&)>;

// How all interfaces' counters are asked for: RTM_GETSTATS says nothing else; RTM_GETLINK, which
// every kernel has, says all about each interface and costs three times as much.
enum class LinkQuery : std::uint8_t { stats, links };

// Both write a complete request into `buffer` (at least 128 bytes, aligned as nlmsghdr) and return its length.
std::size_t put_dump_request(std::span<char> buffer, LinkQuery query, std::uint32_t sequence);
std::size_t put_link_request(std::span<char> buffer, int ifindex, std::uint32_t sequence);

enum class DumpState : std::uint8_t {
    more,         // not all has come yet
    done,
    interrupted,  // interfaces came or went meanwhile: some may be missing, what came is right
    unsupported,  // the kernel does not know this query
    failed,
};

// Visits the counters in one datagram of answers to request `sequence`; other messages are passed over.
// `interrupted` is kept by the caller between the datagrams of one dump, false at first.
DumpState read_dump(std::span<const char> datagram, std::uint32_t sequence, bool& interrupted,
                    const LinkVisitor& visit);

// The kind of the interface ("tun", "macvtap", …) in the answer to put_link_request(); empty if it has
// none, as hardware; none if that is no such answer.
std::optional<std::string> read_link_kind(std::span<const char> datagram, std::uint32_t sequence);

}  // namespace virtscope

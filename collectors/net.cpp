#include "collectors/net.h"

#include <algorithm>
#include <cerrno>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <utility>

#include "collectors/clocks.h"
#include "drivers/netns.h"

namespace virtscope {
namespace {

constexpr std::size_t buffer_size = 65536;
constexpr unsigned ticks_between_attempts = 16;  // entering a foreign namespace costs a thread

Result<Fd> open_own() {
    Fd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    if (!socket) return fail_errno(errno, "rtnetlink socket");
    return socket;
}

// Through the directory held open, so that a reused process id cannot lead elsewhere.
Result<Fd> open_foreign(const Process& inhabitant, std::uint64_t inode) {
    const std::string path = fmt::format("/proc/self/fd/{}/ns/net", inhabitant.directory());
    const auto found = netns_inode(path);
    if (!found) return std::unexpected(found.error());
    if (*found != inode) return fail(ErrorKind::absent, "{}: another network namespace", path);
    return socket_in_netns(path, AF_NETLINK, SOCK_RAW, NETLINK_ROUTE);
}

void put(Frame& frame, std::size_t row, const LinkCounters& link, bool guests_end) {
    using enum NicMetric;
    const bool swap = !guests_end;
    frame.set(row, rx_bytes, swap ? link.tx_bytes : link.rx_bytes);
    frame.set(row, rx_packets, swap ? link.tx_packets : link.rx_packets);
    frame.set(row, rx_errors, swap ? link.tx_errors : link.rx_errors);
    frame.set(row, rx_drops, swap ? link.tx_dropped : link.rx_dropped);
    frame.set(row, tx_bytes, swap ? link.rx_bytes : link.tx_bytes);
    frame.set(row, tx_packets, swap ? link.rx_packets : link.tx_packets);
    frame.set(row, tx_errors, swap ? link.rx_errors : link.tx_errors);
    frame.set(row, tx_drops, swap ? link.rx_dropped : link.tx_dropped);
}

}  // namespace

NetCollector::NetCollector(LinkQuery query) : query_(query), buffer_(std::make_unique<char[]>(buffer_size)) {}

void NetCollector::prepare(std::span<const Slot> slots) {
    std::vector<Namespace> list;
    for (const Slot& slot : slots) {
        const auto& nics = slot.place->nics;
        for (std::size_t i = 0; i < nics.size(); ++i) {
            if (nics[i].ifindex <= 0) continue;
            at(list, nics[i], *slot.place).cards.push_back({nics[i].ifindex, slot.first_nic + i, std::nullopt});
        }
    }
    for (Namespace& space : list) {
        std::ranges::sort(space.cards, {}, &Card::ifindex);
        const auto before = std::ranges::find(namespaces_, space.inode, &Namespace::inode);
        if (before != namespaces_.end()) adopt(space, *before);
        if (!space.socket) connect(space);
        learn_kinds(space);
    }
    namespaces_ = std::move(list);
}

void NetCollector::collect(std::span<const Slot>, Frame& frame) {
    for (Namespace& space : namespaces_) collect_one(space, frame);
}

NetCollector::Namespace& NetCollector::at(std::vector<Namespace>& list, const NicPlace& nic, const Place& place) const {
    const auto found = std::ranges::find(list, nic.netns, &Namespace::inode);
    if (found != list.end()) return *found;
    Namespace& made = list.emplace_back();
    made.inode = nic.netns;
    made.inhabitant = place.process;
    return made;
}

// A socket keeps its namespace alive: as long as we hold one, the inode means the same namespace.
void NetCollector::adopt(Namespace& space, Namespace& before) {
    space.socket = std::move(before.socket);
    for (Card& card : space.cards) {
        const auto known = std::ranges::lower_bound(before.cards, card.ifindex, {}, &Card::ifindex);
        if (known != before.cards.end() && known->ifindex == card.ifindex) card.guests_end = known->guests_end;
    }
}

void NetCollector::connect(Namespace& space) {
    space.wait = ticks_between_attempts;
    if (space.inode != 0 && !space.inhabitant) return;
    auto socket = space.inode == 0 ? open_own() : open_foreign(*space.inhabitant, space.inode);
    if (socket) space.socket.emplace(std::move(*socket), std::span(buffer_.get(), buffer_size), query_);
}

void NetCollector::learn_kinds(Namespace& space) {
    if (!space.socket) return;
    for (Card& card : space.cards) {
        if (card.guests_end) continue;
        const auto kind = space.socket->kind(card.ifindex);
        if (kind) card.guests_end = *kind == "macvtap" || *kind == "ipvtap";
    }
}

void NetCollector::collect_one(Namespace& space, Frame& frame) {
    if (!space.socket) {
        if (space.wait > 1) {
            --space.wait;
            return;
        }
        connect(space);
        learn_kinds(space);
        if (!space.socket) return;
    }
    const auto visit = [&frame, &space](int ifindex, const LinkCounters& link) {
        const auto first = std::ranges::lower_bound(space.cards, ifindex, {}, &Card::ifindex);
        if (first == space.cards.end() || first->ifindex != ifindex) return;
        const std::int64_t now = monotonic_ns();
        for (auto card = first; card != space.cards.end() && card->ifindex == ifindex; ++card) {
            if (!card->guests_end) continue;  // without its kind the direction is not known
            frame.table(Scope::Nic).row(card->row).time = now;
            put(frame, card->row, link, *card->guests_end);
        }
    };
    if (space.socket->dump(visit)) {
        learn_kinds(space);
        return;
    }
    space.socket.reset();
    space.wait = space.inode == 0 ? 1 : ticks_between_attempts;
}

}  // namespace virtscope

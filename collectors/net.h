// The net collector: counters of all guests' network interfaces, one rtnetlink dump for each network
// namespace that has some.
//
// A tap is the host's end of a cable: what it received, the guest sent, so directions are swapped. A
// macvtap or ipvtap is the guest's own end: it is not swapped.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "collectors/collector.h"
#include "collectors/link_socket.h"

namespace virtscope {

class NetCollector final : public Collector {
public:
    explicit NetCollector(LinkQuery query = LinkQuery::stats);
    std::string_view name() const override { return "net"; }
    void prepare(std::span<const Slot> slots) override;
    void collect(std::span<const Slot> slots, Frame& frame) override;

private:
    struct Card {
        int ifindex = 0;
        std::size_t row = 0;
        std::optional<bool> guests_end;  // macvtap and the like; none: could not be asked yet
    };
    struct Namespace {
        std::uint64_t inode = 0;  // 0: our own
        std::shared_ptr<const Process> inhabitant;
        std::optional<LinkSocket> socket;
        unsigned wait = 0;  // ticks until the next attempt to make a socket
        std::vector<Card> cards;  // by ifindex
    };

    Namespace& at(std::vector<Namespace>& list, const NicPlace& nic, const Place& place) const;
    void connect(Namespace& space);
    static void learn_kinds(Namespace& space);
    static void adopt(Namespace& space, Namespace& before);
    void collect_one(Namespace& space, Frame& frame);

    LinkQuery query_;
    std::unique_ptr<char[]> buffer_;
    std::vector<Namespace> namespaces_;
};

}  // namespace virtscope

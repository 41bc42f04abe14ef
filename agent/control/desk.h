// Desk: what happens to an order between the socket and the driver: who it is for, whether it may be given, journal,
// driver, journal again, an event for the ring.
#pragma once

#include <memory>
#include <mutex>
#include <semaphore>
#include <set>
#include <string>

#include "agent/control/authority.h"
#include "agent/control/directory.h"
#include "agent/control/journal.h"
#include "agent/control/order_events.h"
#include "orders/wire.h"

namespace virtscope::control {

class Desk {
public:
    // All are the caller's and outlive the desk.
    Desk(const Directory& directory, const Authority& authority, Journal& journal, OrderEvents& events);

    // Blocks until the order has its outcome: call it from a thread of the order's own. Any number at once; at most 8
    // are with their drivers besides those that destroy, the others wait, and one guest never has two, but for the one
    // that ends it.
    Reply handle(const Wish& wish, const Peer& peer, Progress& progress);

private:
    class Claim;
    Reply decide(const Wish& wish, const Peer& peer, Progress& progress, Target& target);
    Reply carry_out(Order order, Lifecycle& lifecycle, const Wish& wish, const Peer& peer, Progress& progress);

    const Directory& directory_;
    const Authority& authority_;
    Journal& journal_;
    OrderEvents& events_;
    std::counting_semaphore<8> workers_{8};
    std::mutex mutex_;
    std::set<Uuid> busy_;  // guests with an order under way
};

}  // namespace virtscope::control

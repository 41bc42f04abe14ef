// Directory: the guests as of the newest tick, for resolving the names in orders.
//
// Threading: replace() from the tick loop, the rest from any thread. The lock is held for a pointer's copy only.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/roster.h"
#include "orders/wire.h"
#include "sampler/sampler.h"

namespace virtscope::control {

struct Snapshot {
    RosterPtr roster;
    std::vector<GuestState> states;      // of each guest
    std::vector<std::size_t> hand_of;    // of each guest: index into hands; past the end: none
    std::vector<Hand> hands;
};

struct Found {
    Target target;
    std::string driver;
    std::shared_ptr<Lifecycle> lifecycle;  // null: its driver only watches
};

struct NotFound {
    Outcome outcome = Outcome::not_found;  // or ambiguous
    std::string error;                     // a line for a person
};

class Directory {
public:
    void replace(Snapshot snapshot);

    // `name`: exact name, UUID, or id (process id, Xen domain id). A UUID wins over a name, a name over an id.
    std::expected<Found, NotFound> find(std::string_view name) const;

    // Whoever takes an order without a guest: `driver`'s, or if empty the first that can.
    std::expected<Found, NotFound> taker(Verb verb, std::string_view driver) const;

private:
    std::shared_ptr<const Snapshot> current() const;

    mutable std::mutex mutex_;
    std::shared_ptr<const Snapshot> snapshot_ = std::make_shared<const Snapshot>();
};

}  // namespace virtscope::control

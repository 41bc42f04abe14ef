// AgentBook: what a driver's guests' agents have told, put into the guests' places and rows.
//
// Used by the sampler's thread, which never waits here: see GuestAgents for who does.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "core/frame.h"
#include "drivers/guest_agents.h"
#include "drivers/place.h"

namespace virtscope {

class AgentBook {
public:
    AgentBook(GuestAgents::Clock::duration interval, std::size_t threads)
        : overdue_(4 * interval + std::chrono::seconds(5)), agents_(interval, threads) {}

    // What the driver knows of places[i].
    struct Guide {
        // How its agent is asked. Null: it has none; not asked for again in this run. None: not known yet.
        std::function<std::optional<AskAgent>(std::size_t i)> way;
        std::function<bool(std::size_t i)> runs;  // its vCPUs do: else no agent can answer
    };

    // To be called at each refresh: watches the agents of guests that are new, forgets those of guests that are gone and
    // lists in each place what filesystems there are. True: they are others than before.
    bool update(std::span<Place> places, const Guide& guide);

    // Fills what is known of the guest's agent and, where the slot has them, of its filesystems. An agent that answered
    // and has not been asked for several intervals, because whoever would ask it hangs, is not known to answer.
    void report(const Slot& slot, Frame& frame) const;

private:
    struct Known {
        bool sought = false;  // the way to it
        std::shared_ptr<GuestAgents::Agent> agent;  // null: none
        AgentStatePtr state;  // as of the last update
    };
    using Run = std::pair<Uuid, std::uint64_t>;  // with the place's generation

    GuestAgents::Clock::duration overdue_;
    GuestAgents agents_;
    std::map<Run, Known> known_;
};

}  // namespace virtscope

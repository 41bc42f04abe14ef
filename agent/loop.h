// Loop: what happens in one tick of the agent, and what is remembered from one to the next.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "agent/control/office.h"
#include "agent/schedule.h"
#include "agent/self.h"
#include "agent/store.h"
#include "sampler/sampler.h"

namespace virtscope {

class Loop {
public:
    // `office` takes orders for the guests; null: nobody does.
    Loop(std::chrono::nanoseconds interval, std::unique_ptr<Sampler> sampler, Store store,
         std::unique_ptr<control::Office> office);

    // Samples and publishes. What goes wrong is logged once when it begins and once when it ends; the
    // next tick tries again.
    void tick();

    // When the next tick is due, CLOCK_MONOTONIC.
    std::chrono::nanoseconds due() const { return schedule_.due(); }

    // Between ticks that are further apart than `tending`.
    static constexpr std::chrono::seconds tending{1};
    void tend() { sampler_->tend(); }

private:
    void publish();
    void take_store_events();
    void tell_office();
    void note_skipped(std::uint64_t skipped);
    void log_problems();

    std::unique_ptr<Sampler> sampler_;
    Store store_;
    std::unique_ptr<control::Office> office_;
    Schedule schedule_;
    SelfMetrics self_;
    TickCounts counts_;
    Frame frame_;
    std::vector<Event> pending_events_;  // of the agent itself, for the next frame
    std::vector<std::string> problems_;  // as last logged
    RosterPtr told_roster_;              // what the office knows
    std::vector<GuestState> told_states_;
    bool publish_failing_ = false;
};

}  // namespace virtscope

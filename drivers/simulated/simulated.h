// The driver of the simulated host. Its guests have no processes: it fills every value itself.
#pragma once

#include <memory>
#include <vector>

#include "drivers/driver.h"
#include "drivers/simulated/clock.h"
#include "drivers/simulated/counters.h"
#include "drivers/simulated/life.h"
#include "drivers/simulated/options.h"
#include "drivers/simulated/orders.h"
#include "drivers/simulated/population.h"

namespace virtscope::simulated {

// Two drivers with the same options, opened on the same day, show the same guests and counters at
// the same moment. Simulated time starts at the wall clock and then follows the steady one, so a
// clock step does not disturb the counters.
class SimulatedDriver final : public Driver {
public:
    SimulatedDriver(const Options& options, Clocks clocks);

    std::string_view name() const override { return "simulated"; }
    std::string hypervisor() const override { return "simulated"; }
    Result<> refresh(Clock::duration patience) override;
    std::span<const Place> places() const override { return places_; }
    std::uint64_t generation() const override { return generation_; }
    void ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline) override;
    std::vector<Event> take_events() override;
    DriverCounts counts() const override { return counts_; }
    std::shared_ptr<Lifecycle> lifecycle() override { return orders_; }

private:
    Moment now() const;
    bool change_lives(std::int64_t time);  // true: the places are others now
    bool follow_orders(std::int64_t time);  // likewise
    void list_places();
    void note_state(SimGuest& guest, std::int64_t time);

    Clocks clocks_;
    std::int64_t steady_start_;
    std::int64_t realtime_start_;
    Waves waves_;
    Lives lives_;
    std::shared_ptr<Orders> orders_;    // what people did to guests
    std::uint64_t orders_seen_ = 0;
    std::vector<SimGuest> guests_;      // all, the stopped ones too
    std::vector<std::uint32_t> shown_;  // index into guests_ of each place
    std::vector<Place> places_;
    std::int64_t next_change_ = 0;      // simulated time before which no guest starts, stops or changes
    std::uint64_t generation_ = 0;
    std::vector<Event> events_;
    DriverCounts counts_;
};

}  // namespace virtscope::simulated

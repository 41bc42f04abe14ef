// Sampler: drivers and collectors put together; one call makes one frame. The agent publishes the
// frames in the ring; virt-top uses a Sampler of its own where there is no agent.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "collectors/collector.h"
#include "core/frame.h"
#include "core/result.h"
#include "drivers/driver.h"

namespace virtscope {

struct SamplerOptions {
    std::vector<std::string> uris;  // empty: every hypervisor found on this host
    DriverHost host;
    DriverOptions drivers;
};

// What the frames cost since open, for the agent's own metrics.
struct SamplerCounts {
    std::uint64_t questions = 0;  // put to hypervisors
    std::uint64_t spared = 0;     // guests not asked because nothing can have changed
};

class Sampler {
public:
    // Errors: the first URI that cannot be opened.
    static Result<std::unique_ptr<Sampler>> open(const SamplerOptions& options);

    // Samples every guest into `frame`, whose memory is reused. Returns at the latest when hypervisors
    // have had DriverOptions::monitor_deadline to answer. The agent's row is left absent.
    void sample(Frame& frame);

    SamplerCounts counts() const;

    // Hypervisors that cannot be reached as a whole ("qemu: …"), as of the last sample; empty if all is well.
    const std::vector<std::string>& problems() const { return problems_; }

private:
    Sampler() = default;
    void refresh_drivers();
    bool roster_is_current();
    void rebuild_roster();
    void place_slots();
    void ask_drivers(Frame& frame);

    // A driver and what the roster was made from.
    struct Source {
        std::unique_ptr<Driver> driver;
        std::uint64_t generation = 0;
        std::size_t first_slot = 0;
        std::size_t slots = 0;
    };

    std::vector<Source> sources_;
    std::vector<std::unique_ptr<Collector>> collectors_;
    Clock::duration monitor_deadline_{};
    RosterHost host_facts_;
    RosterPtr roster_;
    std::vector<Slot> slots_;  // all drivers' guests, in roster order
    std::vector<Event> events_;
    std::vector<std::string> problems_;
};

}  // namespace virtscope

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

// What the frame's makers cost, for the agent's own metrics.
struct SamplerCounts {
    std::uint64_t questions = 0;
    std::uint64_t spared = 0;
    std::uint64_t stale = 0;  // guests stale in the last frame
};

class Sampler {
public:
    // Errors: the first URI that cannot be opened.
    static Result<std::unique_ptr<Sampler>> open(const SamplerOptions& options);

    // Samples every guest into `frame` (its memory is reused). `deadline` is for the hypervisors'
    // answers. Host and agent scopes: the host's row is filled, the agent's is left to the agent.
    void sample(Frame& frame, Clock::duration monitor_deadline);

    SamplerCounts counts() const;

    // Problems of whole hypervisors that persist ("qemu: …"), for logs and `doctor`; empty if all is well.
    const std::vector<std::string>& problems() const { return problems_; }

private:
    Sampler() = default;
    void rebuild_roster();
    void note_roster_events(const Roster& before, const Roster& now);
    void ask_drivers(Frame& frame, Clock::time_point deadline);
    void finish(Frame& frame);

    std::vector<std::unique_ptr<Driver>> drivers_;
    std::vector<std::unique_ptr<Collector>> collectors_;
    std::vector<std::uint64_t> generations_;  // of each driver when the roster was made
    RosterHost host_facts_;
    RosterPtr roster_;
    std::vector<Slot> slots_;                 // all drivers' guests, in roster order
    std::vector<std::size_t> first_slot_;     // per driver
    std::vector<Event> events_;               // for the next frame
    std::vector<std::string> problems_;
    bool first_ = true;
    std::uint64_t stale_ = 0;
};

}  // namespace virtscope

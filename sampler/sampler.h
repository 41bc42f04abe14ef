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
#include "sampler/enlistment.h"

namespace virtscope {

struct SamplerOptions {
    std::vector<std::string> uris;  // empty: every hypervisor found on this host
    DriverHost host;
    DriverOptions drivers;
};

// Who carries out orders for the guests of one driver.
struct Hand {
    std::string driver;  // its name
    std::string uri;
    std::shared_ptr<Lifecycle> lifecycle;  // null: that driver only watches
};
inline constexpr std::size_t no_hand = static_cast<std::size_t>(-1);

// What the frames cost since open, for the agent's own metrics.
struct SamplerCounts {
    std::uint64_t questions = 0;  // put to hypervisors
    std::uint64_t spared = 0;     // guests not asked because nothing can have changed
};

class Sampler {
public:
    // Guests that run on another machine have that machine's values in the host's row, as far as its hypervisor tells;
    // names and times of frames stay this machine's. Errors: the first URI that cannot be opened; malformed: the URIs
    // mean several machines, and a frame is of one.
    static Result<std::unique_ptr<Sampler>> open(const SamplerOptions& options);

    // Samples every guest into `frame`, whose memory is reused. Returns at the latest when hypervisors
    // have had DriverOptions::monitor_deadline to answer. The agent's row is left absent.
    void sample(Frame& frame);

    // Waits until a hypervisor answers, for whoever would show nothing before. Errors: the first one's; timeout: it may
    // answer yet.
    Result<> reach(Clock::duration patience);

    // Between two samples that are far apart: what drivers do for orders that wait.
    void tend();

    SamplerCounts counts() const;

    // One for each URI, in their order.
    const std::vector<Hand>& hands() const { return hands_; }
    // Index into hands() of the driver that manages the guest in that row of the last frame.
    std::size_t hand_of(std::size_t guest_row) const {
        return guest_row < hand_of_row_.size() ? hand_of_row_[guest_row] : no_hand;
    }

    // Hypervisors that cannot be reached as a whole ("qemu: …"), as of the last sample; empty if all is well.
    const std::vector<std::string>& problems() const { return problems_; }

private:
    Sampler() = default;
    void set_machine(RosterHost& host) const;
    void list_processors(Roster& roster) const;
    void refresh_drivers();
    bool roster_is_current();
    std::vector<Party> parties() const;
    Enlistment enlist_all(Roster& roster);
    void rebuild_roster();
    void place_slots();
    void gather_slots();
    void ask_drivers(Frame& frame);

    // A driver and what the roster was made from.
    struct Source {
        std::unique_ptr<Driver> driver;
        bool processes = false;  // its guests are processes of this host, which another source reads
        bool answers = true;     // at the last refresh
        std::uint64_t generation = 0;
        std::vector<Slot> slots;  // slots[i] is the driver's places()[i]; no place: that guest is left out
    };

    std::vector<Source> sources_;  // asked in this order: who is told of a guest last knows more of it
    std::vector<Hand> hands_;
    std::vector<std::size_t> hand_of_row_;
    std::vector<std::unique_ptr<Collector>> collectors_;
    Clock::duration monitor_deadline_{};
    void look_for_cpus(const Frame& frame);

    KernelRoots roots_;
    std::optional<std::uint64_t> cpus_;  // online at the last tick
    bool cpus_changed_ = false;
    bool is_elsewhere_ = false;  // the guests' host is another machine
    RosterHost host_facts_;
    RosterPtr roster_;
    unsigned waits_ = 0;       // rosters in a row that waited for one of two drivers
    std::vector<Slot> slots_;  // what collectors read: of each guest the places that are processes of this host
    std::vector<Event> events_;
    std::vector<std::string> problems_;
};

}  // namespace virtscope

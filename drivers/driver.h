// The driver contract. A driver knows one kind of hypervisor: it finds guests, says where their
// counters live, and asks the hypervisor for what only that knows.
//
// All calls come from one thread, the sampler's, in this order each tick: refresh, places, ask.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/frame.h"
#include "core/result.h"
#include "drivers/lifecycle.h"
#include "drivers/place.h"

namespace virtscope {

using Clock = std::chrono::steady_clock;  // CLOCK_MONOTONIC

// What a driver may rely on about the machine it runs on. Tests point it at captured trees.
struct DriverHost {
    std::string proc = "/proc";
    std::string sys = "/sys";
    std::string dev = "/dev";
    std::string run = "/run";
};

// Options of the configuration file that concern drivers; each driver takes what it knows.
struct DriverOptions {
    std::chrono::milliseconds monitor_deadline{250};  // a guest that has not answered by then is stale
    std::chrono::seconds scan_interval{2};            // full look for new guests
    std::chrono::seconds slow_interval{60};           // balloon, KVM statistics, image sizes: spread over this
    std::chrono::seconds probe_interval{30};          // an idle guest is asked at least this often; over libvirt:
                                                      // as often as for what is slow
    bool use_monitors = true;                         // false: never open a guest's monitor
    std::chrono::seconds balloon_polling{0};          // > 0: have guests report their memory this often
    bool guest_agent = false;                         // may the agents inside guests be asked
    std::chrono::seconds guest_agent_interval{30};    // and how often each is, for what the ring has of them
    bool keeps_guests = false;                        // the agent's alone: starts guests that are marked for it
    std::string state_folder = "/var/lib/virtscope";  // guests/: definitions; run/: sockets of guests we started
};

// Counts since open, for the agent's own metrics.
struct DriverCounts {
    std::uint64_t questions = 0;  // put to hypervisors
    std::uint64_t spared = 0;     // guests not asked because nothing can have changed
};

class Driver {
public:
    virtual ~Driver() = default;

    // "qemu", "simulated": shown to users, part of derived identities. Never blocks.
    virtual std::string_view name() const = 0;

    // "QEMU 7.2.22 (KVM)" for the host's header; empty while unknown. Never blocks.
    virtual std::string hypervisor() const = 0;

    // Brings the guest list up to date: events that came, a full scan when one is due. May block on
    // the kernel, never on a guest, but for `patience` on the first call so that a one-shot reader
    // sees monitors' answers. Errors: the hypervisor as a whole cannot be reached; places() are then
    // what was known before.
    virtual Result<> refresh(Clock::duration patience) = 0;

    // Guests that are news to the driver are there: the next refresh looks for them, whether a scan is due or not.
    virtual void look_again() {}

    // The guests as of the last refresh; valid until the next one. Order is stable between changes.
    virtual std::span<const Place> places() const = 0;

    // Grows whenever places() differ from before in anything but the counters behind them.
    virtual std::uint64_t generation() const = 0;

    // The machine that its guests run on where that is not ours: what is known of it, its times and boot aside. ask()
    // fills the host's row then, which no collector can. generation() grows when it changes. Null: ours.
    virtual const RosterHost* elsewhere() const { return nullptr; }

    // The CPUs of the machine where the hypervisor is below the kernel that we run on, which then sees only its own share
    // of it (Xen's Domain-0 is a guest too): ask() fills their rows, and of the host's row what is about CPUs and memory.
    // generation() grows when they change. Null: what the kernel sees is the machine.
    virtual const std::vector<RosterInstance>* processors() const { return nullptr; }

    // Fills what only the hypervisor knows, for all guests at once (slots[i] is places()[i]); the
    // collectors' values are already in the frame. Returns at the deadline with what came: a guest
    // that did not answer is marked stale and its values stay absent. Nothing a guest does makes it
    // return later. Sets the state of every guest whose state it knows.
    virtual void ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline) = 0;

    // Between two ticks that are far apart, at least each second: what somebody waits for. Short; asks no guest.
    virtual void tend() {}

    // Things that happened since the last call, for the frame's events (guest state changes, monitor
    // lost or back). Starts and stops of guests are derived from the roster and not reported here.
    virtual std::vector<Event> take_events() = 0;

    virtual DriverCounts counts() const = 0;

    // Carries out orders, from other threads; shared with them. Null: this driver only watches.
    virtual std::shared_ptr<Lifecycle> lifecycle() { return nullptr; }
};

// Opening a URI has three outcomes: a driver; NotMine (the next one in the table is tried); an Error
// (it is this driver's URI, but it is wrong or its hypervisor is broken: say why, try no other).
struct NotMine {};
using Opened = std::variant<NotMine, std::unique_ptr<Driver>, Error>;
using OpenDriver = Opened (*)(std::string_view uri, const DriverHost&, const DriverOptions&);

}  // namespace virtscope

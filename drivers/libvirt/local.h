// LocalGuests: libvirt guests that are QEMU processes of this host: each is asked by itself, and only when it may have
// something new to tell (drivers/qemu/witness.h has the argument; a libvirt guest is a QEMU whose monitor is libvirt).
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "drivers/driver.h"
#include "drivers/libvirt/connection.h"
#include "drivers/libvirt/local_guest.h"
#include "drivers/qemu/discovery.h"

namespace virtscope::libvirt {

class LocalGuests {
public:
    LocalGuests(const Library& library, const DriverHost& host, const DriverOptions& options)
        : host_(host), options_(options), questions_(library), scanner_(host.proc) {}

    // Takes guests and definitions of what libvirt listed.
    void adopt(const Snapshot& snapshot);

    // Its memory has changed though it may not seem to have run: it is asked at the next opportunity.
    void expect_memory(const Uuid& guest);

    // Its process was seen and has ended.
    bool is_gone(const Uuid& guest) const;

    // Asks whom it must, until `deadline`, and fills disks, memory and how fresh they are. From the sampler's thread.
    void ask(std::span<const Slot> slots, Frame& frame, Clock::time_point deadline, std::vector<Event>& events);

    // Why it is stale, as of the last ask(); empty: it is not, or nobody knows it.
    std::string_view note_of(const Uuid& guest) const;

    DriverCounts counts() const { return counts_; }

private:
    void find_processes(Clock::time_point now);
    bool plan(LocalGuest& guest, Clock::time_point now);
    void look(LocalGuest& guest, Clock::time_point now);
    void put_question(LocalGuest& guest, bool moved, Clock::time_point now);
    void report(const Slot& slot, LocalGuest& guest, Clock::time_point tick, Frame& frame,
                std::vector<Event>& events) const;
    void tell(const Slot& slot, LocalGuest& guest, bool stale, std::vector<Event>& events) const;

    DriverHost host_;
    DriverOptions options_;
    Questions questions_;
    qemu::Scanner scanner_;
    Clock::time_point next_scan_;
    std::map<Uuid, LocalGuest> guests_;
    DriverCounts counts_;
};

}  // namespace virtscope::libvirt

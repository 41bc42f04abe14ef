// Connection: a thread of its own that talks to one libvirt, so that nobody else waits for it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "drivers/driver.h"
#include "drivers/libvirt/node.h"
#include "drivers/libvirt/runs.h"
#include "drivers/libvirt/stats.h"

namespace virtscope::libvirt {

// All guests as of one answer of libvirt. Shared and never changed once it is made.
struct Snapshot {
    std::vector<GuestStats> guests;
    Node node;  // of another machine only
};
using SnapshotPtr = std::shared_ptr<const Snapshot>;

// What the worker and the sampler exchange; the mutex is never held during a call into libvirt.
struct Exchange {
    std::mutex mutex;
    std::condition_variable changed;
    bool wanted = false;  // an answer is waited for
    bool news = false;    // the answer before is old: a new one is wanted before anyone waits for it
    bool closing = false;
    SnapshotPtr latest;                 // the newest answer; stays when the connection is lost
    Clock::time_point asked, answered;  // when it was last found to hold
    std::optional<Error> problem = Error{ErrorKind::timeout, "libvirt has not answered yet"};
    std::string version;  // "QEMU 7.2.22 (libvirt 9.0.0)"
    std::uint64_t questions = 0;
    std::vector<Happening> happened;  // what nobody has taken yet
};

// Connects read-only and answers one question at a time until `exchange` is closed; runs in its own thread, which a
// hung libvirt keeps: the exchange is shared, so whoever asked may go. Connects again after 0.5 to 30 s.
// Of a QEMU on this host only the guests and their states are asked in bulk, which needs no answer of a guest, and only
// after an event or 60 s.
void run_connection(const Library& library, const std::string& uri, const std::shared_ptr<Exchange>& exchange);

// qemu:///system and the like: guests are processes of this host.
bool is_local_qemu(std::string_view uri);

}  // namespace virtscope::libvirt

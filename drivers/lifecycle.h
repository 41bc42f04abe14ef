// Lifecycle: what may be done to guests, one vocabulary over every driver. A driver that can do some of it hands out
// one Lifecycle (Driver::lifecycle()), an object apart from its sampling side.
//
// Threading: carry_out() is called from worker threads of the agent, never the sampler's, several at once for
// different guests, never two at once for the same guest but looks and destroy, which may
// come while another is under way. It may block until its order's deadline, on a guest too. It
// must not touch what the sampler's thread uses but under a lock that is never held while waiting on a guest.
//
// Names and meanings are virsh's. Orders are two-phase: carry_out() answers when the hypervisor has *accepted*; that
// the guest has done it is *observed* in the ring, by whoever waits for it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/roster.h"

namespace virtscope {

enum class Verb : std::uint8_t {
    start,     // of a defined guest that is shut off
    shutdown,  // asks the guest to power off; mode
    reboot,    // asks the guest to restart; mode
    reset,     // hard, as by the button
    destroy,   // ends it now
    suspend,   // stops its vCPUs
    resume,
    save,          // to `path`, then it is off
    restore,       // from `path`
    setmem,        // balloon target, `bytes`
    setvcpus,      // `count`
    change_media,  // `path` into CD-ROM `device`
    eject,         // CD-ROM `device`
    autostart,     // start with the agent; `disable`: no more
    define,        // `text`: domain XML; keeps it, shut off
    undefine,      // forgets the definition; images stay
    create,        // `text`: domain XML; starts it without keeping a definition
    deploy,        // `text`: virt-image XML, `path`: the folder its relative names start from
    dumpxml,       // answers with the definition
    domdisplay,    // answers with the URI of the display: "vnc://127.0.0.1:0"
    guestinfo,     // answers with what the guest agent tells, as JSON
};
inline constexpr std::size_t verb_count = 21;
std::string_view verb_name(Verb verb);  // "change-media"
std::optional<Verb> verb_named(std::string_view name);
bool is_destructive(Verb verb);  // may lose what the guest has not written: asks on a terminal, needs --yes elsewhere
bool names_a_guest(Verb verb);   // its order has a target; false: define, create, restore, deploy
bool only_looks(Verb verb);      // changes nothing: dumpxml, domdisplay, guestinfo

// A guest as the agent resolved it from the newest frame.
struct Target {
    Uuid uuid;
    std::string name;
    std::int64_t local_id = 0;     // process id, Xen domain id
    std::uint64_t generation = 0;  // of the run that was meant: an order never hits the guest's next run. 0: was off
    GuestState state = GuestState::unknown;
};

struct Order {
    Verb verb = Verb::start;
    Target target;
    std::string mode;    // shutdown, reboot: acpi, agent, …; empty: what the driver thinks best
    std::string device;  // change_media, eject: "hdc"; empty: the only one there is
    std::string path;    // absolute
    std::string text;    // XML, at most 4 MiB
    std::string name;    // deploy: the guest's name, empty: as in the image
    std::uint64_t bytes = 0;
    unsigned count = 0;
    bool disable = false;  // autostart
    bool paused = false;   // start, create, restore: leave it paused
    bool force = false;    // eject: also where the guest has locked the tray; save: replace the file
    bool dry_run = false;  // check all that can be checked, change nothing; the answer says what would be done
    std::chrono::steady_clock::time_point
        deadline;  // of being accepted; long ones (save, restore, deploy) end by themselves
};

struct Answer {
    bool already = false;  // it was so before; nothing was done
    std::string text;      // what a looking verb found; of others a line for a person, may be empty
    Uuid guest;            // the guest that define, create, restore, deploy made; else the target's
};

// How far a long order is. Called from carry_out()'s thread.
class Progress {
public:
    virtual ~Progress() = default;
    virtual void at(std::uint64_t done, std::uint64_t total) = 0;  // bytes
};

class Lifecycle {
public:
    virtual ~Lifecycle() = default;

    // The verbs this driver knows at all, for menus and messages. Never blocks.
    virtual bool can(Verb verb) const = 0;

    // Errors: absent (no such guest, run, device, image), denied, timeout (not accepted by the deadline), malformed
    // (XML, a path), unsupported (this verb or mode; for this guest), busy (held, exists already, wrong state), system.
    // An error means that nothing was done, except timeout: then it is not known. The message names the guest and the
    // fix.
    virtual Result<Answer> carry_out(const Order& order, Progress& progress) = 0;
};

}  // namespace virtscope

// Call: what a verb needs to call libvirt, and what all verbs have in common.
//
// All of it is used on the order's own thread: libvirt keeps its last error by thread. Messages do not name the guest:
// the Lifecycle does.
#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "drivers/libvirt/library.h"
#include "drivers/libvirt/lifecycle_task.h"

namespace virtscope::libvirt {

struct Call {
    const Library& library;
    virConnectPtr connection;
    Task& task;
    bool guest_agents;  // may be asked
    bool here;          // files that libvirt names are this host's

    const Order& order() const { return task.order(); }
    bool is_qemu() const;
    // libvirt's last error: "cannot be started: …". What an image lacks becomes ErrorKind::absent or denied.
    std::unexpected<Error> failed(const std::string& what) const;
};

using Domain = std::unique_ptr<virDomain, int (*)(virDomainPtr)>;
using Text = std::unique_ptr<char, decltype(&std::free)>;  // of libvirt's making
inline Text own(char* text) { return {text, &std::free}; }
inline Domain own(const Call& call, virDomainPtr domain) { return {domain, call.library.virDomainFree}; }

struct Guest {
    Domain domain;
    int state = VIR_DOMAIN_NOSTATE;
    bool active = false;
    bool persistent = false;
};

// The guest that is meant, in the run that is meant: an error when it has been started again since.
// It may have ended, the verb says what that means.
Result<Guest> find_guest(const Call& call);
Uuid uuid_of(const Call& call, virDomainPtr domain);

// "no longer runs" or "is off", for verbs that need a running guest.
std::unexpected<Error> not_running(const Call& call);
// The configuration does not let the agents inside guests be asked.
std::unexpected<Error> agents_not_permitted();

inline Answer said(std::string text) { return {false, std::move(text), {}}; }
inline Answer already(std::string text) { return {true, std::move(text), {}}; }
Result<> begin(const Call& call);

// The end of a verb that found nothing against it: `deed` is "be started", and `done` what is said when libvirt's
// function, called by `run`, has not returned a negative number.
template <class Run>
Result<Answer> act(const Call& call, std::string_view deed, std::string_view done, const Run& run) {
    if (call.order().dry_run) return said(fmt::format("would {}", deed));
    const auto begun = begin(call);
    if (!begun) return std::unexpected(begun.error());
    if (run() < 0) return call.failed(fmt::format("cannot {}", deed));
    return said(std::string(done));
}

}  // namespace virtscope::libvirt

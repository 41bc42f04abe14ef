#include "drivers/libvirt/lifecycle_call.h"

#include <algorithm>

namespace virtscope::libvirt {
namespace {

// Verbs that are about a run of the guest, not about what is defined.
bool means_a_run(Verb verb) {
    switch (verb) {
        case Verb::shutdown:
        case Verb::reboot:
        case Verb::reset:
        case Verb::destroy:
        case Verb::suspend:
        case Verb::resume:
        case Verb::save: return true;
        default: return false;
    }
}

Result<> check_run(const Call& call, const Guest& guest) {
    const Target& target = call.order().target;
    if (!guest.active || !means_a_run(call.order().verb)) return {};
    if (target.generation == 0) {
        return fail(ErrorKind::absent, "was off when the order was given and runs now; nothing was done, look again");
    }
    const unsigned id = call.library.virDomainGetID(guest.domain.get());
    if (target.local_id > 0 && std::int64_t{id} != target.local_id) {
        return fail(ErrorKind::absent, "has been started again since; nothing was done, look again");
    }
    return {};
}

}  // namespace

bool Call::is_qemu() const {
    const char* const type = library.virConnectGetType(connection);
    return type != nullptr && std::string_view(type) == "QEMU";
}

std::unexpected<Error> Call::failed(const std::string& what) const {
    Error error = last_error(library, what);
    // Drivers say so of what they lack, though it was not the person who gave a wrong argument.
    if (error.message.find("unsupported flags") != std::string::npos) error.kind = ErrorKind::unsupported;
    if (error.kind == ErrorKind::system || error.kind == ErrorKind::unsupported) {
        if (error.message.find("No such file") != std::string::npos) error.kind = ErrorKind::absent;
        if (error.message.find("Permission denied") != std::string::npos) error.kind = ErrorKind::denied;
    }
    return std::unexpected(std::move(error));
}

Result<Guest> find_guest(const Call& call) {
    const Target& target = call.order().target;
    Guest guest{own(call, call.library.virDomainLookupByUUID(call.connection, target.uuid.bytes.data()))};
    if (guest.domain == nullptr) {
        if (call.library.virGetLastErrorCode() == VIR_ERR_NO_DOMAIN) {
            return fail(ErrorKind::absent, "libvirt does not know it any more; `virtscope list --all` shows its guests");
        }
        return call.failed("cannot be looked up");
    }
    int reason = 0;
    if (call.library.virDomainGetState(guest.domain.get(), &guest.state, &reason, 0) < 0) {
        return call.failed("its state cannot be read");
    }
    guest.active = call.library.virDomainGetID(guest.domain.get()) != static_cast<unsigned>(-1);
    guest.persistent = call.library.virDomainIsPersistent(guest.domain.get()) == 1;
    const auto meant = check_run(call, guest);
    if (!meant) return std::unexpected(meant.error());
    return guest;
}

Uuid uuid_of(const Call& call, virDomainPtr domain) {
    Uuid uuid;
    (void)call.library.virDomainGetUUID(domain, uuid.bytes.data());  // fails for no domain only
    return uuid;
}

std::unexpected<Error> not_running(const Call& call) {
    if (call.order().target.generation != 0) return fail(ErrorKind::absent, "no longer runs; nothing was done");
    return fail(ErrorKind::busy, "is off; start it first");
}

std::unexpected<Error> agents_not_permitted() {
    return fail(ErrorKind::unsupported,
                "needs the agent inside the guest; permit it with [guest_agent] enabled = true in the configuration");
}

Result<> begin(const Call& call) {
    if (call.task.begin()) return {};
    return fail(ErrorKind::timeout, "libvirt has not answered in time; nothing was done");
}

}  // namespace virtscope::libvirt

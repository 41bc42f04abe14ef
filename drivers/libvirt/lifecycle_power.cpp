// Verbs about a guest's state as a whole.
#include <array>

#include "core/text.h"
#include "drivers/libvirt/lifecycle_verbs.h"

namespace virtscope::libvirt {
namespace {

struct Mode {
    std::string_view name;
    unsigned shutdown, reboot;
};
constexpr std::array modes{Mode{"acpi", VIR_DOMAIN_SHUTDOWN_ACPI_POWER_BTN, VIR_DOMAIN_REBOOT_ACPI_POWER_BTN},
                           Mode{"agent", VIR_DOMAIN_SHUTDOWN_GUEST_AGENT, VIR_DOMAIN_REBOOT_GUEST_AGENT},
                           Mode{"initctl", VIR_DOMAIN_SHUTDOWN_INITCTL, VIR_DOMAIN_REBOOT_INITCTL},
                           Mode{"signal", VIR_DOMAIN_SHUTDOWN_SIGNAL, VIR_DOMAIN_REBOOT_SIGNAL},
                           Mode{"paravirt", VIR_DOMAIN_SHUTDOWN_PARAVIRT, VIR_DOMAIN_REBOOT_PARAVIRT}};

// The flags of shutdown or reboot. libvirt's own choice for QEMU is the agent inside the guest, if there is one.
Result<unsigned> flags_of_mode(const Call& call, unsigned Mode::*flag) {
    const std::string& wanted = call.order().mode;
    if (wanted.empty()) return call.guest_agents || !call.is_qemu() ? 0U : modes[0].*flag;
    if (wanted == "agent" && !call.guest_agents) return agents_not_permitted();
    for (const Mode& mode : modes) {
        if (mode.name == wanted) return mode.*flag;
    }
    return fail(ErrorKind::unsupported, "{} knows no mode {}; use acpi, agent, initctl, signal or paravirt",
                verb_name(call.order().verb), printable(wanted, 32));
}

bool listens(const Guest& guest) { return guest.state == VIR_DOMAIN_RUNNING || guest.state == VIR_DOMAIN_BLOCKED; }

}  // namespace

Result<Answer> do_start(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (guest->active) {
        if (guest->state == VIR_DOMAIN_PAUSED && !call.order().paused) {
            return fail(ErrorKind::busy, "is paused, not off; resume it");
        }
        if (guest->state == VIR_DOMAIN_CRASHED) return fail(ErrorKind::busy, "has crashed; destroy it first");
        return already(guest->state == VIR_DOMAIN_PAUSED ? "is paused" : "is running");
    }
    const unsigned flags = call.order().paused ? VIR_DOMAIN_START_PAUSED : VIR_DOMAIN_NONE;
    return act(call, "be started", call.order().paused ? "started and left paused" : "started",
               [&] { return call.library.virDomainCreateWithFlags(guest->domain.get(), flags); });
}

Result<Answer> do_shutdown(const Call& call) {
    const auto flags = flags_of_mode(call, &Mode::shutdown);
    if (!flags) return std::unexpected(flags.error());
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->active) return already("is off");
    if (!listens(*guest)) {
        return fail(ErrorKind::busy, "does not run and cannot see its power button; resume it first, or destroy it");
    }
    return act(call, "be asked to power off", "was asked to power off",
               [&] { return call.library.virDomainShutdownFlags(guest->domain.get(), *flags); });
}

Result<Answer> do_reboot(const Call& call) {
    const auto flags = flags_of_mode(call, &Mode::reboot);
    if (!flags) return std::unexpected(flags.error());
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->active) return not_running(call);
    if (!listens(*guest)) return fail(ErrorKind::busy, "does not run and cannot restart itself; resume it, or reset it");
    return act(call, "be asked to restart", "was asked to restart",
               [&] { return call.library.virDomainReboot(guest->domain.get(), *flags); });
}

Result<Answer> do_reset(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->active) return not_running(call);
    return act(call, "be reset", "reset", [&] { return call.library.virDomainReset(guest->domain.get(), 0); });
}

Result<Answer> do_destroy(const Call& call) {
    const std::string& mode = call.order().mode;
    if (!mode.empty() && mode != "graceful") {
        return fail(ErrorKind::unsupported, "destroy knows no mode {}; use graceful or none", printable(mode, 32));
    }
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->active) return already("is off");
    const unsigned flags = mode.empty() ? VIR_DOMAIN_DESTROY_DEFAULT : VIR_DOMAIN_DESTROY_GRACEFUL;
    return act(call, "be ended", "ended",
               [&] { return call.library.virDomainDestroyFlags(guest->domain.get(), flags); });
}

Result<Answer> do_suspend(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->active) return not_running(call);
    if (guest->state == VIR_DOMAIN_PAUSED) return already("is paused");
    if (!listens(*guest)) return fail(ErrorKind::busy, "does not run: there is nothing to suspend");
    return act(call, "be paused", "paused", [&] { return call.library.virDomainSuspend(guest->domain.get()); });
}

Result<Answer> do_resume(const Call& call) {
    const auto guest = find_guest(call);
    if (!guest) return std::unexpected(guest.error());
    if (!guest->active) return not_running(call);
    if (listens(*guest)) return already("is running");
    if (guest->state == VIR_DOMAIN_CRASHED) return fail(ErrorKind::busy, "has crashed: only reset or destroy help");
    if (guest->state == VIR_DOMAIN_PMSUSPENDED) {
        return act(call, "be woken", "woken", [&] { return call.library.virDomainPMWakeup(guest->domain.get(), 0); });
    }
    return act(call, "be resumed", "runs", [&] { return call.library.virDomainResume(guest->domain.get()); });
}

}  // namespace virtscope::libvirt

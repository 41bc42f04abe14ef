#include "drivers/simulated/verbs.h"

#include <string_view>

#include "core/text.h"
#include "drivers/simulated/clock.h"

namespace virtscope::simulated {
namespace {

constexpr std::int64_t shutdown_takes = second;
constexpr std::string_view cdrom = "hdc";
constexpr std::uint64_t least_memory = 1U << 20;

struct Case {
    const Order& order;
    const SimGuest& guest;
    Held& held;
    std::int64_t time;
};

Answer already() { return {.already = true, .text = {}, .guest = {}}; }

Result<> check_mode(const Case& at) {
    if (at.order.mode.empty() || at.order.mode == "acpi") return {};
    return fail(ErrorKind::unsupported, "{}: simulated guests know the mode acpi only, not '{}'", at.guest.name,
                printable(at.order.mode));
}

Result<Answer> start(const Case& at) {
    if (at.held.life.up) return already();
    turn_on(at.held, at.time, at.order.paused);
    return Answer{};
}

// What ACPI asks, only a guest whose vCPUs run can hear.
Result<> want_listening(const Case& at) {
    auto mode = check_mode(at);
    if (!mode) return mode;
    auto running = want_running(at.order, at.guest, at.held);
    if (!running) return running;
    const GuestState state = state_of(at.held, at.guest, at.time);
    if (state == GuestState::running || state == GuestState::shutting_down) return {};
    return fail(ErrorKind::busy, "{}: is {} and cannot hear it: resume it first", at.guest.name, state_name(state));
}

Result<Answer> shutdown(const Case& at) {
    if (!at.held.life.up || at.held.off_at != 0) return already();
    const auto listening = want_listening(at);
    if (!listening) return std::unexpected(listening.error());
    at.held.off_at = at.time + shutdown_takes;
    return Answer{};
}

Result<Answer> reboot(const Case& at) {
    const auto listening = want_listening(at);
    if (!listening) return std::unexpected(listening.error());
    // As with QEMU the run, its process and its counters go on.
    return Answer{};
}

Result<Answer> destroy(const Case& at) {
    if (!at.held.life.up) return already();
    turn_off(at.held);
    return Answer{};
}

Result<Answer> suspend(const Case& at) {
    const GuestState state = state_of(at.held, at.guest, at.time);
    if (state == GuestState::paused) return already();
    if (state != GuestState::running && state != GuestState::paused_io) {
        return fail(ErrorKind::busy, "{}: is {}: only a running guest can be suspended", at.guest.name,
                    state_name(state));
    }
    at.held.paused = true;
    return Answer{};
}

Result<Answer> resume(const Case& at) {
    const GuestState state = state_of(at.held, at.guest, at.time);
    if (state == GuestState::running || state == GuestState::shutting_down) return already();
    at.held.paused = false;
    at.held.steady = true;
    return Answer{};
}

Result<Answer> set_memory(const Case& at) {
    const std::uint64_t bytes = at.order.bytes;
    if (bytes < least_memory || bytes > at.guest.memory) {
        return fail(ErrorKind::malformed, "{}: memory of {} is not possible: want {} to {}", at.guest.name,
                    human_bytes(bytes), human_bytes(least_memory), human_bytes(at.guest.memory));
    }
    if (at.held.balloon == bytes) return already();
    at.held.balloon = bytes;
    return Answer{};
}

Result<Answer> set_vcpus(const Case& at) {
    const std::uint64_t most = at.guest.vcpus.size();
    if (at.order.count == 0 || at.order.count > most) {
        return fail(ErrorKind::malformed, "{}: {} vCPUs are not possible: want 1 to {}, its maximum", at.guest.name,
                    at.order.count, most);
    }
    if ((at.held.vcpus == 0 ? most : at.held.vcpus) == at.order.count) return already();
    at.held.vcpus = at.order.count;
    return Answer{};
}

Result<Answer> put_medium(const Case& at, const std::string& medium) {
    if (!at.order.device.empty() && at.order.device != cdrom) {
        return fail(ErrorKind::absent, "{}: no CD-ROM '{}': it has {} only", at.guest.name,
                    printable(at.order.device), cdrom);
    }
    if (at.held.medium == medium) return already();
    at.held.medium = medium;
    return Answer{};
}

Result<Answer> change_media(const Case& at) {
    if (!at.order.path.starts_with('/')) {
        return fail(ErrorKind::malformed, "{}: image '{}': want an absolute path", at.guest.name,
                    printable(at.order.path));
    }
    return put_medium(at, at.order.path);
}

Result<Answer> set_autostart(const Case& at) {
    if (!at.held.defined) {
        return fail(ErrorKind::unsupported, "{}: has no definition to start from: define it first", at.guest.name);
    }
    if (at.held.autostart == !at.order.disable) return already();
    at.held.autostart = !at.order.disable;
    return Answer{};
}

Result<Answer> undefine(const Case& at) {
    if (!at.held.defined) return already();
    at.held.defined = false;
    at.held.autostart = false;
    return Answer{};
}

Result<Answer> display(const Case& at) {
    const auto running = want_running(at.order, at.guest, at.held);
    if (!running) return std::unexpected(running.error());
    return Answer{.already = false, .text = fmt::format("vnc://127.0.0.1:{}", at.guest.index), .guest = {}};
}

// These make no difference to a guest that is off.
Result<Answer> on_running(const Case& at) {
    const auto running = want_running(at.order, at.guest, at.held);
    if (!running) return std::unexpected(running.error());
    switch (at.order.verb) {
        case Verb::reboot: return reboot(at);
        case Verb::reset: return Answer{};  // as reboot; hard, so nobody need hear it
        case Verb::suspend: return suspend(at);
        case Verb::resume: return resume(at);
        case Verb::setmem: return set_memory(at);
        case Verb::setvcpus: return set_vcpus(at);
        case Verb::change_media: return change_media(at);
        case Verb::eject: return put_medium(at, {});
        default: break;
    }
    return fail(ErrorKind::unsupported, "{}: simulated guests do not know {}", at.guest.name,
                verb_name(at.order.verb));
}

}  // namespace

Result<Answer> apply(const Order& order, const SimGuest& guest, Held& held, std::int64_t time) {
    const Case at{order, guest, held, time};
    switch (order.verb) {
        case Verb::start: return start(at);
        case Verb::shutdown: return shutdown(at);
        case Verb::destroy: return destroy(at);
        case Verb::autostart: return set_autostart(at);
        case Verb::undefine: return undefine(at);
        case Verb::dumpxml: return Answer{.already = false, .text = describe(guest, held), .guest = {}};
        case Verb::domdisplay: return display(at);
        default: return on_running(at);
    }
}

Result<> check_run(const Order& order, const Held& held) {
    const std::string& name = order.target.name;
    const std::uint64_t run = held.life.up ? static_cast<std::uint64_t>(held.life.start) : 0;
    if (order.target.generation != 0 && order.target.generation != run) {
        return fail(ErrorKind::absent, "{}: that run has ended: look at it again", printable(name));
    }
    const bool meant_off = order.target.generation == 0 && order.verb != Verb::start && !only_looks(order.verb);
    if (meant_off && run != 0 && order.verb != Verb::autostart && order.verb != Verb::undefine) {
        return fail(ErrorKind::busy, "{}: was started meanwhile: look at it again", printable(name));
    }
    return {};
}

bool needs_monitor(Verb verb) {
    switch (verb) {
        case Verb::start:
        case Verb::destroy:
        case Verb::autostart:
        case Verb::undefine:
        case Verb::dumpxml:
        case Verb::domdisplay: return false;
        default: return true;
    }
}

Result<> want_running(const Order& order, const SimGuest& guest, const Held& held) {
    if (held.life.up) return {};
    return fail(ErrorKind::busy, "{}: is off, {} needs it running: start it first", guest.name,
                verb_name(order.verb));
}

}  // namespace virtscope::simulated

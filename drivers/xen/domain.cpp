#include "drivers/xen/domain.h"

#include <algorithm>

#include <fmt/format.h>

#include "core/clock.h"

namespace virtscope::xen {
namespace {

constexpr std::uint32_t most_vcpus = 8192;  // Xen of today gives up to 512

abi::Shutdown reason_of(const abi::DomainInfo& domain) {
    return static_cast<abi::Shutdown>(domain.flags >> abi::shutdown_shift & abi::shutdown_mask);
}

}  // namespace

Uuid uuid_of(const abi::DomainInfo& domain) {
    const Uuid uuid{domain.handle};
    return uuid.is_nil() ? Uuid::derived("xen", fmt::format("domain {}", domain.domain), 0) : uuid;
}

bool is_alive(const abi::DomainInfo& domain) { return (domain.flags & (abi::flag_dying | abi::flag_shutdown)) == 0; }

GuestState state_of_domain(const abi::DomainInfo& domain) {
    if ((domain.flags & abi::flag_shutdown) != 0) {
        const abi::Shutdown reason = reason_of(domain);
        if (reason == abi::Shutdown::crash || reason == abi::Shutdown::watchdog) return GuestState::crashed;
        const bool saved = reason == abi::Shutdown::suspend && (domain.flags & abi::flag_dying) == 0;
        return saved ? GuestState::paused : GuestState::shutting_down;
    }
    if ((domain.flags & abi::flag_dying) != 0) return GuestState::shutting_down;
    if ((domain.flags & abi::flag_paused) != 0) return GuestState::paused;
    return (domain.flags & abi::flag_blocked) != 0 ? GuestState::blocked : GuestState::running;
}

std::string_view ending_of(const abi::DomainInfo& domain) {
    if ((domain.flags & abi::flag_dying) != 0) return "is dying: its memory is not free yet";
    if ((domain.flags & abi::flag_shutdown) == 0) return {};
    switch (reason_of(domain)) {
        case abi::Shutdown::poweroff: return "has powered off and was not removed";
        case abi::Shutdown::reboot: return "has ended to be started again";
        case abi::Shutdown::suspend: return "is suspended to be saved or moved";
        case abi::Shutdown::crash: return "has crashed and was not removed";
        case abi::Shutdown::watchdog: return "was ended by its watchdog and not removed";
        case abi::Shutdown::soft_reset: break;
    }
    return "has shut down and was not removed";
}

// Domain-0 may be a PVH guest itself.
std::string kind_of(const abi::DomainInfo& domain) {
    if ((domain.flags & abi::flag_hvm) == 0) return "xen-pv";
    const std::uint32_t emulated = domain.emulation_flags & ~abi::emulates_pci;
    return (emulated & ~abi::emulates_local_apic_only) == 0 ? "xen-pvh" : "xen-hvm";
}

std::uint64_t generation_of(const abi::DomainInfo& domain, std::uint64_t boot) {
    return (boot << 16 ^ domain.domain) | std::uint64_t{1} << 63;  // never 0: that is a guest that is off
}

std::uint32_t vcpus_of(const abi::DomainInfo& domain) {
    return domain.max_vcpu_id == abi::no_vcpus ? 0 : std::min(domain.max_vcpu_id + 1, most_vcpus);
}

std::int64_t start_of(const abi::DomainInfo& domain, const DomainFacts* facts) {
    static const std::int64_t boot = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME);
    if (domain.domain == 0) return boot;
    return facts != nullptr ? facts->start_realtime : 0;
}

Place place_of(const abi::DomainInfo& domain, const DomainFacts* facts, std::uint64_t boot) {
    Place place;
    place.uuid = uuid_of(domain);
    place.generation = generation_of(domain, boot);
    place.machine = kind_of(domain);
    place.local_id = domain.domain;
    place.note = ending_of(domain);
    for (std::uint32_t i = 0; i < vcpus_of(domain); ++i) place.vcpus.push_back({.index = i, .task = std::nullopt});
    if (facts == nullptr || facts->name.empty()) {
        place.name = fmt::format("domain {}", domain.domain);
        if (place.note.empty()) place.note = "xenstore: no name";
        return place;
    }
    place.name = facts->name;
    place.start_realtime = start_of(domain, facts);
    for (const Vbd& vbd : facts->vbds) place.disks.push_back({.name = vbd.name, .source = vbd.source});
    for (const Vif& vif : facts->vifs) place.nics.push_back({.name = vif.name, .netns = 0, .ifindex = 0, .source = vif.bridge});
    return place;
}

}  // namespace virtscope::xen
